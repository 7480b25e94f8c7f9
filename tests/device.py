"""A telephone that keeps passkeys, in software: what a browser would answer, as JSON.

phone = Device("https://time.example.org")
phone.add(options)       # the answer of navigator.credentials.create
phone.use(options)       # the answer of navigator.credentials.get
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, LOOKED_AT, WITH_KEY = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    """Bytes as browsers write them in JSON."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes again."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One key for one address. ``flags`` say whether the owner was there and was looked at."""

    origin: str
    flags: int = PRESENT | LOOKED_AT
    count: int = 0
    handle: bytes = b""
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def add(self, options: str) -> str:
        """Make the passkey that was asked for."""
        asked = json.loads(options)
        self.handle = unb64(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        named = bytes(16) + len(self.credential).to_bytes(2) + self.credential
        data = self._data(self.flags | WITH_KEY) + named + public
        kept = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=b64(said), attestationObject=b64(kept))

    def use(self, options: str) -> str:
        """Sign the challenge."""
        said = self._said("webauthn.get", json.loads(options)["challenge"])
        data = self._data(self.flags)
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=b64(said),
            authenticatorData=b64(data),
            signature=b64(signature),
            userHandle=b64(self.handle),
        )

    def _data(self, flags: int) -> bytes:
        self.count += 1
        name = urlsplit(self.origin).hostname or ""
        return sha256(name.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _said(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, **response: str) -> str:
        name = b64(self.credential)
        answer = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps(answer)
