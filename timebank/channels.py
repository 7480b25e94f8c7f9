"""What a way to send messages is: mail and texts are two of them.

Letters and calls are not sent but waited for: a coordinator prints, posts or rings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from timebank.models import OutboxMessage
from timebank.unit import Unit

Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a try to send.

    ``problem`` is a code, None when the server took the message. ``refused`` is an answer that
    will not change soon; ``drop`` means that it is not to be sent any more; ``server_lost`` that
    there is no server to send anything to just now.
    """

    problem: str | None = None
    refused: bool = False
    drop: bool = False
    server_lost: bool = False


class Sender(Protocol, Generic[Made]):
    """A connection to whoever carries messages of one channel; a context manager.

    ``write`` is called inside a unit, ``send`` outside any: nothing waits for a carrier.
    """

    channel: str

    def write(self, unit: Unit, messages: Sequence[OutboxMessage]) -> Made | None:
        """What is to be sent about these messages, all to one person; None without an address."""

    def send(self, made: Made) -> Outcome:
        """Hand it over; never raises for what a carrier or an address can do."""

    def __enter__(self) -> Sender[Made]: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
