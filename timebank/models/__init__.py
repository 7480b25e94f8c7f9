"""The tables of the community, declared on the ledger's MetaData: there is one.

Amounts end in ``_minutes`` or ``_pence``, days in ``_on``, instants in ``_at``. Ids are 32
hexadecimal digits. Names, contacts and words about people stand in ``person`` and in columns named
``words``; everything else may be kept for as long as the books.
"""

from timebank.models.base import Base, Id, Instant
from timebank.models.community import Community, Policy
from timebank.models.doors import ApiToken, FailedAttempt, Password, SignIn
from timebank.models.messages import OutboxMessage, SingleUseLink
from timebank.models.people import Member, Person, RoleHeld
from timebank.models.records import CommandReceipt, TrailEvent
from timebank.models.rewards import Redemption, Reward
from timebank.models.sessions import ActivityType, Attendance, AttendanceEntry, Session
from timebank.models.statements import Statement

__all__ = [
    "ActivityType",
    "ApiToken",
    "Attendance",
    "AttendanceEntry",
    "Base",
    "CommandReceipt",
    "Community",
    "FailedAttempt",
    "Id",
    "Instant",
    "Member",
    "OutboxMessage",
    "Password",
    "Person",
    "Policy",
    "Redemption",
    "Reward",
    "RoleHeld",
    "Session",
    "SignIn",
    "SingleUseLink",
    "Statement",
    "TrailEvent",
]
