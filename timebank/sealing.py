"""Seals a file with a passphrase: scrypt makes the key, AES-256-GCM seals chunk by chunk.

Layout: ``timebank-sealed/1`` and a newline; 16 bytes of salt; 16 bytes that tell a wrong
passphrase from a damaged file; then for each chunk 4 bytes of length (big-endian) and the sealed
bytes. A chunk's nonce is its number, and 1 in the last byte when it is the last, so chunks can
be neither moved nor left out. Every file has a key of its own, made from its own salt.
"""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from timebank.errors import RuleBroken

HEADER = b"timebank-sealed/1\n"
CHUNK = 1 << 20
_TAG = 16
_CHECK = 16


def is_sealed(source: IO[bytes]) -> bool:
    """Whether a file begins as a sealed one; reads from and returns to its beginning."""
    found = source.read(len(HEADER))
    source.seek(0)
    return found == HEADER


def seal(source: IO[bytes], target: IO[bytes], passphrase: str) -> None:
    """Write the whole of ``source`` to ``target``, sealed."""
    salt = secrets.token_bytes(16)
    cipher, check = _keys(passphrase, salt)
    target.write(HEADER + salt + check)
    number = 0
    chunk = source.read(CHUNK)
    while True:
        following = source.read(CHUNK)
        sealed = cipher.encrypt(_nonce(number, last=not following), chunk, HEADER)
        target.write(len(sealed).to_bytes(4, "big") + sealed)
        if not following:
            return
        chunk, number = following, number + 1


def unseal(source: IO[bytes], target: IO[bytes], passphrase: str) -> None:
    """The opposite of ``seal``.

    Raises ``RuleBroken('backup_passphrase_wrong')`` or ``RuleBroken('backup_damaged')``; what was
    written until then is not to be used.
    """
    source.read(len(HEADER))
    salt, check = source.read(16), source.read(_CHECK)
    cipher, expected = _keys(passphrase, salt)
    if len(check) < _CHECK:
        raise RuleBroken("backup_damaged")
    if not compare_digest(check, expected):
        raise RuleBroken("backup_passphrase_wrong")
    number = 0
    sealed = _chunk(source)
    while True:
        following = _chunk(source)
        try:
            target.write(cipher.decrypt(_nonce(number, last=not following), sealed, HEADER))
        except InvalidTag as error:
            raise RuleBroken("backup_damaged") from error
        if not following:
            return
        sealed, number = following, number + 1


def _chunk(source: IO[bytes]) -> bytes:
    length = int.from_bytes(source.read(4), "big")
    if length > CHUNK + _TAG:
        raise RuleBroken("backup_damaged")
    return source.read(length)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _keys(passphrase: str, salt: bytes) -> tuple[AESGCM, bytes]:
    # 2**16 with r=8 takes 64 MiB and a fifth of a second: dear for whoever tries many.
    derived = Scrypt(salt=salt, length=32 + _CHECK, n=1 << 16, r=8, p=1).derive(
        passphrase.encode("utf-8")
    )
    return AESGCM(derived[:32]), derived[32:]
