"""Recording what kept files hold, as it was looked at."""

from __future__ import annotations

from typing import Any

from timebank import attendance_import, history_import, member_import
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Matching


class Digest(Matching):
    """What was looked at, as 64 hexadecimal digits."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = N_("Load the page again, and look once more.")
        super().__init__(r"[0-9a-f]{64}", wrong=wrong, most=64, **kwargs)


class ConfirmAttendanceFileSchema(CommandSchema):
    """Credit everybody in a kept file about one session."""

    command = attendance_import.ConfirmAttendanceFile

    file_id = Id(from_path=True)
    session_id = Id(from_path=True)
    digest = Digest()


class ConfirmMembersFileSchema(CommandSchema):
    """Put everybody in a kept list on file."""

    command = member_import.ConfirmMembersFile

    file_id = Id(from_path=True)
    digest = Digest()


class ConfirmHistoryFileSchema(CommandSchema):
    """Bring a kept history over."""

    command = history_import.ConfirmHistoryFile

    file_id = Id(from_path=True)
    digest = Digest()
