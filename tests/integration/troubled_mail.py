"""A mail server with everything that happens on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from tests.mail_server import Kept


class Troubled(Kept):
    """Takes every message in the end; each address that is troubled is so once.

    ``held_by_killed`` and ``held_without_room`` are the ids of mails that a process was at when it
    was killed, or when it could write nothing down.
    """

    def __init__(self) -> None:
        super().__init__()
        self.troubled: set[str] = set()
        self.times_by_id: Counter[str] = Counter()
        self.lost_after_yes: set[str] = set()
        self.held_by_killed: set[str] = set()
        self.held_without_room: set[str] = set()

    def _first(self, address: str) -> bool:
        new = address not in self.troubled
        self.troubled.add(address)
        return new

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.endswith("@refused.example.org"):
            return "550 5.1.1 no such person here"
        if address.endswith("@later.example.org") and self._first(address):
            return "451 4.7.1 greylisted, come back later"
        if address.endswith("@full.example.org") and self._first(address):
            return "452 4.3.1 no room on this disk"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        if address.endswith("@silent.example.org") and self._first(address):
            await asyncio.sleep(3)
            server.transport.close()
            return "421 too late"
        if address.endswith("@hangs.example.org") and self._first(address):
            server.transport.close()
            return "421 good bye"
        head = envelope.content.partition(b"\r\n\r\n")[0].decode("ascii", "replace")
        message_id = head.split("Message-ID:")[1].split("\r\n\r\n")[0].split(">")[0].split("<")[1]
        self.times_by_id[f"<{message_id}>"] += 1
        if address.endswith("@yeshangs.example.org") and self._first(address):
            # Taken, and the yes is lost on the way.
            self.lost_after_yes.add(f"<{message_id}>")
            server.transport.close()
            return "421 good bye"
        return "250 taken"
