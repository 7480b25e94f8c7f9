"""A real SMTP server for tests, on this machine, that keeps what it takes.

It refuses addresses at ``refused.example.org`` for good and at ``later.example.org`` for now, and
hangs up in the middle of a message to ``hangup.example.org``.
"""

from __future__ import annotations

import email
import email.policy
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Kept:
    """aiosmtpd's handler: what was taken, in order."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.endswith("@refused.example.org"):
            return "550 5.1.1 no such person here"
        if address.endswith("@later.example.org"):
            return "451 4.3.0 come back later"
        if address.endswith("@hangup.example.org"):
            server.transport.close()
            return "421 good bye"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        made = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return "250 taken"

    def text(self, number: int = -1) -> str:
        """The decoded body of one mail."""
        return str(self.mails[number].get_content()).replace("\r\n", "\n")

    def times(self) -> Counter[str]:
        """How often each Message-ID came."""
        return Counter(str(made["Message-ID"]) for made in self.mails)


@contextmanager
def mail_server(handler: Any = None) -> Iterator[tuple[Any, int]]:
    """A running server: its handler, and its port on 127.0.0.1."""
    handler = handler or Kept()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def settings_for(port: int) -> dict[str, str]:
    """The settings that send through it."""
    return {
        "TIMEBANK_SMTP_HOST": "127.0.0.1",
        "TIMEBANK_SMTP_PORT": str(port),
        "TIMEBANK_SMTP_SECURITY": "none",
    }
