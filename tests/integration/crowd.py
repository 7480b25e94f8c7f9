"""A crowd: members in every way and form there is, and a year of credits and statements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, update

from tests.timebank.builders import Community
from timebank import people, scheduler
from timebank.models import Communication, OutboxMessage

START = datetime(2025, 1, 2, 9, 0, tzinfo=UTC)
MONTHS = 12
# Of a hundred members: how each hears from us, in which form, and how statements come by mail.
WAYS = (
    [("mail", "standard", "link")] * 40
    + [("mail", "standard", "mail")] * 15
    + [("mail", "large_print", "link")] * 5
    + [("text", "standard", "link")] * 10
    + [("post", "standard", "paper")] * 10
    + [("post", "large_print", "paper")] * 6
    + [("post", "easy_read", "paper")] * 3
    + [("post", "braille", "paper")] * 1
    + [("phone", "script", "link")] * 6
    + [("none", "standard", "link")] * 4
)
# Of a hundred addresses, what the mail server does to them.
FAULTS = ["well"] * 88 + ["refused", "later", "silent", "hangs", "yeshangs", "full"] * 2
IN_ONE_UNIT = 500


def build(community: Community, count: int) -> list[str]:
    """Members, how each hears from us, and a year of credits and statements; their ids."""
    member_ids: list[str] = []
    rows: list[dict[str, Any]] = []
    mails = 0
    for first in range(0, count, IN_ONE_UNIT):
        with community.unit() as unit:
            for number in range(first, min(first + IN_ONE_UNIT, count)):
                channel, form, by = WAYS[number * 37 % 100]
                mail = None
                if channel == "mail":
                    mail = f"m{number}@{FAULTS[mails * 29 % 100]}.example.org"
                    mails += 1
                added = people.add_member(
                    unit,
                    people.AddMember(
                        name=f"Member {number} Ŵyn",
                        email=mail,
                        phone=f"020 7946 {number:05}",
                        address=f"{number} High Street\nRiverside",
                        statement_by=by,
                    ),
                )
                member_ids.append(added.member_id)
                rows.append(
                    {"person_id": added.person_id, "channel": channel, "form": form,
                     "no_news": False, "revision": 1}
                )  # fmt: skip
    with community.unit() as unit:
        unit.db.execute(insert(Communication), rows)
    for month in range(MONTHS):
        _month(community, member_ids, month)
    return member_ids


def _month(community: Community, member_ids: list[str], month: int) -> None:
    """One month of sessions for everybody; the statements of the month before."""
    community.clock.set(datetime(2025, month + 1, 3, 10, tzinfo=UTC))
    if month:
        scheduler.issue_due(community.database, community.console)
    for first in range(0, len(member_ids), IN_ONE_UNIT):
        some = member_ids[first : first + IN_ONE_UNIT]
        session_id = community.session(f"Meeting {month}-{first}")
        community.credit(session_id, some, minutes=45 + month)
    with community.unit() as unit:
        # What was said about the months before is long said.
        unit.db.execute(update(OutboxMessage).values(status="sent", sent_at=unit.now))
