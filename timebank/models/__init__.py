"""The tables of the community, declared on the ledger's MetaData: there is one.

Amounts end in ``_minutes`` or ``_pence``, days in ``_on``, instants in ``_at``. Ids are 32
hexadecimal digits. Names, contacts and words about people stand in ``person`` and in columns named
``words``; everything else may be kept for as long as the books.
"""

from timebank.models.base import Base, Id, Instant
from timebank.models.channels import Certificate, Communication, Letter
from timebank.models.choices import ChoiceMade, Skill
from timebank.models.cleaning import Cleaning
from timebank.models.community import Community, Policy
from timebank.models.corrections import Amendment, Proposal
from timebank.models.doors import ApiToken, FailedAttempt, Password, SignIn, SignInCard
from timebank.models.drafts import Agreement, CreditDraft, SentTime
from timebank.models.exchanges import DirectoryEntry, Exchange, Listing
from timebank.models.follow_up import (
    Confirmation,
    Feedback,
    SessionFollowUp,
    ThankYou,
    WellbeingFollowUp,
)
from timebank.models.giving import Gift, PotGrant
from timebank.models.groups import Group, GroupAgreement, GroupGift, GroupHolder
from timebank.models.imports import EarlierNumber, HistoryImport, HistoryRow, ImportFile
from timebank.models.joining import (
    Application,
    ContactAttempt,
    Conversation,
    JoiningStep,
    Merge,
    SafetyCheck,
    SafetyCheckView,
)
from timebank.models.languages import LanguagePassed
from timebank.models.leaving import Erasure
from timebank.models.messages import OutboxMessage, SingleUseLink
from timebank.models.openings import OpeningHours, OpeningList
from timebank.models.organisations import MemberOrganisation, Organisation
from timebank.models.passkeys import Passkey, PasskeyChallenge
from timebank.models.people import Member, Person, RoleHeld
from timebank.models.projects import (
    CalendarFeed,
    CheckInPage,
    Opportunity,
    Project,
    ProjectSeat,
    SignUp,
)
from timebank.models.queries import MinorIssue, Query, QueryMessage
from timebank.models.records import CommandReceipt, TrailEvent
from timebank.models.rewards import Redemption, Reward, RewardWait
from timebank.models.schedules import StatementPause, StatementSchedule
from timebank.models.sessions import ActivityType, Attendance, AttendanceEntry, Session
from timebank.models.statements import Statement
from timebank.models.trust import Trust

__all__ = [
    "ActivityType",
    "Agreement",
    "Amendment",
    "ApiToken",
    "Application",
    "Attendance",
    "AttendanceEntry",
    "Base",
    "CalendarFeed",
    "Certificate",
    "CheckInPage",
    "ChoiceMade",
    "Cleaning",
    "CommandReceipt",
    "Communication",
    "Community",
    "Confirmation",
    "ContactAttempt",
    "Conversation",
    "CreditDraft",
    "DirectoryEntry",
    "EarlierNumber",
    "Erasure",
    "Exchange",
    "FailedAttempt",
    "Feedback",
    "Group",
    "GroupAgreement",
    "GroupGift",
    "GroupHolder",
    "HistoryImport",
    "HistoryRow",
    "Gift",
    "Id",
    "ImportFile",
    "Instant",
    "JoiningStep",
    "LanguagePassed",
    "Letter",
    "Listing",
    "Member",
    "MemberOrganisation",
    "Merge",
    "MinorIssue",
    "OpeningHours",
    "OpeningList",
    "Opportunity",
    "Organisation",
    "OutboxMessage",
    "Passkey",
    "PasskeyChallenge",
    "Password",
    "Person",
    "Policy",
    "Project",
    "ProjectSeat",
    "Proposal",
    "Query",
    "QueryMessage",
    "PotGrant",
    "Redemption",
    "Reward",
    "RewardWait",
    "RoleHeld",
    "SafetyCheck",
    "SafetyCheckView",
    "SentTime",
    "Session",
    "SessionFollowUp",
    "SignIn",
    "SignInCard",
    "SignUp",
    "SingleUseLink",
    "Skill",
    "Statement",
    "StatementPause",
    "StatementSchedule",
    "ThankYou",
    "TrailEvent",
    "Trust",
    "WellbeingFollowUp",
]
