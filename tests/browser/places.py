"""Every page of the sample community: the URL map, with what stands in its open places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import not_, or_, select

from tests.browser import after, looked_after
from tests.browser.site import Site
from timebank import check_in, links, news
from timebank.models import (
    ActivityType,
    Agreement,
    Attendance,
    Certificate,
    CheckInPage,
    Exchange,
    Gift,
    HistoryImport,
    ImportFile,
    Letter,
    Listing,
    Member,
    OutboxMessage,
    Person,
    PotGrant,
    Project,
    Redemption,
    Reward,
    SentTime,
    Session,
    SignInCard,
    SingleUseLink,
    Skill,
    Statement,
    Trust,
)
from timebank.unit import Unit

# Who looks, by the name they sign in with; nobody signs in without one.
ROLES = {
    "nobody": "",
    "member": "grace@example.org",
    "coordinator": "helen@example.org",
    "treasurer": "gareth@example.org",
    "administrator": "priya@example.org",
}
# What is no page: what programs read, and files by the end of their address.
NO_PAGES = re.compile(r"/static/|/api/v1/|/healthz$|/metrics$|\.[a-z<>:_]+$|/<form>$")


@dataclass(frozen=True)
class Place:
    """One page: the endpoint that makes it, and its address."""

    endpoint: str
    path: str


class Places:
    """The pages of a sample community as one of ``ROLES`` may ask for them."""

    def __init__(self, site: Site, role: str) -> None:
        self.site = site
        self.role = role
        self.filled = site.read(_found, ROLES[role])
        # For pages that are named below in no way of their own: one thing of each sort.
        self.usual = {
            name: value for ways in self.filled.values() for name, value in ways[-1].items()
        }

    def all(self) -> Iterator[Place]:
        """Every page; where an address has open places, one for each way of filling them."""
        urls = self.site.app.url_map.bind("localhost")
        for rule in self.site.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or NO_PAGES.search(rule.rule):
                continue
            usual = {name: value for name, value in self.usual.items() if name in rule.arguments}
            for values in self.filled.get(rule.endpoint, [usual]):
                assert set(values) >= rule.arguments, f"{rule.rule}: fill its open places here"
                yield Place(rule.endpoint, urls.build(rule.endpoint, values))


def _found(unit: Unit, email: str) -> dict[str, list[dict[str, Any]]]:
    """For each endpoint with open places, or queries, the ways to fill them."""

    def ids(query: Any) -> list[str]:
        return list(unit.db.scalars(query).all())

    def each(name: str, values: Iterable[str], **more: str) -> list[dict[str, Any]]:
        return [{name: value, **more} for value in values]

    own = ids(select(Member.id).join(Person).where(Person.email == (email or "grace@example.org")))
    (grace,) = ids(select(Member.id).join(Person).where(Person.name == "Grace Okafor"))
    (dorothy,) = ids(select(Member.id).join(Person).where(Person.name == "Dorothy Clarke"))
    (helen,) = ids(select(Person.id).where(Person.name == "Helen Marsh"))
    sessions = ids(select(Session.id).order_by(Session.starts_on, Session.title))
    ((door, planned),) = unit.db.execute(select(CheckInPage.id, CheckInPage.session_id)).all()
    attended = ids(
        select(Attendance.id).order_by(Attendance.revision.desc(), Attendance.id).limit(2)
    )
    agreed = ids(select(Agreement.member_id).limit(1))
    there = select(Attendance.id).join(Attendance.session)
    newest = ids(there.order_by(Session.starts_on.desc(), Attendance.id).limit(1))
    sent = ids(select(SentTime.id).order_by(SentTime.sent_at))
    files = list(unit.db.scalars(select(ImportFile)))
    offered = ids(select(Reward.id).order_by(Reward.title))
    asked = {each.status: each for each in unit.db.scalars(select(Redemption))}
    decide = each("redemption_id", [found.id for found in asked.values()])
    mine = ids(select(Redemption.id).where(Redemption.member_id.in_(own)))
    printed = ids(select(Statement.id).where(Statement.member_id == dorothy))
    theirs = ids(select(Statement.id).where(Statement.member_id == (own or [grace])[0]))
    codes = {link.purpose: links.code_of(unit, link.id) for link in _usable_links(unit)}
    invited = {link.subject_id: link for link in _usable_links(unit) if link.purpose == "password"}
    helped = asked["approved"]
    carded = ids(
        select(Member.id)
        .join(SignInCard, SignInCard.person_id == Member.person_id)
        .where(SignInCard.revoked_at.is_(None))
    )
    (winston,) = ids(select(Member.id).join(Person).where(Person.name == "Winston Brown"))
    exchanged = ids(
        select(Exchange.id)
        .where(or_(Exchange.receiver_id.in_(own), not_(Exchange.receiver_id.in_([grace]))))
        .order_by(Exchange.asked_at)
    )
    return (
        after.found(unit, (own or [grace])[0], sessions)
        | looked_after.found(unit)
        | {
            "links.link": each("code", [*codes.values(), "unknown"]),
            "statements.statement": each("statement_id", theirs[-1:]),
            "statement_formats.large_print": each("statement_id", theirs[-1:]),
            "statement_formats.easy_read": each("statement_id", theirs[-1:], money="yes"),
            "issuing.paper": each("statement_id", printed[-1:]),
            "rewards.reward": each("reward_id", offered),
            "rewards.check": each("reward_id", offered),
            "reward_changes.edit": each("reward_id", offered),
            "redemptions.redemption": each("redemption_id", mine) or decide,
            "redemptions.check_cancel": each("redemption_id", mine) or decide,
            "members.members": [{}, {"q": "gra"}, {"q": "nobody at all"}],
            "members.member": each("member_id", [grace, dorothy]),
            "members.edit": each("member_id", [dorothy]),
            "contact.theirs": each("member_id", [dorothy]),
            "certificates.theirs": each("member_id", [grace]),
            "certificates.certificate": each("certificate_id", ids(select(Certificate.id))),
            "letters.file": each("run_id", ids(select(Letter.run_id).limit(1))),
            "calls.script": each("person_id", _waiting_calls(unit)),
            "skills.skill": each("skill_id", ids(select(Skill.id).limit(1))),
            "skills.theirs": each("member_id", [grace]),
            "preferences.theirs": each("member_id", [grace]),
            "preferences.their_history": each("member_id", [grace]),
            "helping.printed": each("member_id", [dorothy]),
            "news.ask": [{"code": news.code_of(unit, helen)}],
            "members.choices": each("member_id", [dorothy]),
            "members.invitation": each(
                "link_id", [x.id for x in invited.values()], member_id=dorothy
            ),
            "roles.invitation": each("link_id", [x.id for x in invited.values()], person_id=helen),
            "helping.choose": each("member_id", [dorothy]),
            "helping.check": each("reward_id", offered, member_id=dorothy),
            "helping.asked": each("redemption_id", [helped.id], member_id=helped.member_id),
            "sessions.hours": each("session_id", sessions[-1:]),
            "sheets.edit": each("session_id", sessions[-1:]),
            "sheets.look": each("session_id", sessions[-2:]),
            "series.ask": each("session_id", sessions[-1:]),
            "coming.who": each("session_id", [planned, sessions[0]]),
            "coming.door": each("session_id", [planned, sessions[-1]]),
            "opportunities.opportunity": each("session_id", [planned, sessions[-1]]),
            "projects.project": each("project_id", ids(select(Project.id))),
            "projects.edit": each("project_id", ids(select(Project.id))),
            "check_in.page": each("code", [check_in.code_of(unit, door), "unknown"]),
            "sessions.session": each("session_id", [*sessions[:2], *sessions[-4:]]),
            "crediting.credit": each("session_id", [*sessions[:1], *sessions[-4:]]),
            "crediting.credited": each("session_id", sessions[:2]),
            "attendance_files.new": each("session_id", sessions[:1]),
            "attendance_files.file": [
                {"session_id": f.subject_id, "file_id": f.id}
                for f in files
                if f.purpose == "attendance"
            ],
            "imports.file": each("file_id", [f.id for f in files if f.purpose == "members"]),
            "histories.file": each("file_id", [f.id for f in files if f.purpose == "history"]),
            "histories.history": each("import_id", ids(select(HistoryImport.id))),
            "corrections.attendance": each("attendance_id", attended),
            "late_time.form": each("attendance_id", [*attended[:1], *newest]),
            "sent_time.new": each("session_id", sessions[:1]),
            "sent_time.one": each("sent_time_id", sent),
            "agreements.of_member": each("member_id", agreed),
            "sessions.edit_kind": each("activity_type_id", ids(select(ActivityType.id).limit(1))),
            "corrections.form": each("attendance_id", attended),
            "deciding.decide": decide,
            "sessions.edit": each("session_id", [sessions[0], sessions[-1]]),
            "sessions.ask_cancel": each("session_id", [sessions[0], sessions[-1]]),
            "sign_in_cards.scanned": [{"code": "ABCD-EFGH-JKMN"}],
            "sign_in_cards.offer": each("member_id", [dorothy]),
            "sign_in_cards.show": each("member_id", carded),
            "doors.ask_link": [{}, {"asked": "yes"}],
            "gifts.gift": each("gift_id", ids(select(Gift.id).order_by(Gift.given_at))),
            "gifts.give_for": each("member_id", [dorothy]),
            "pot.propose": each("member_id", [dorothy]),
            "pot.grant": each("pot_grant_id", ids(select(PotGrant.id))),
            "listings.every": [{}, {"kind": "offer"}],
            "listings.listing": each("listing_id", ids(select(Listing.id))),
            "listings.of_member": each("member_id", [winston]),
            "exchanges.exchange": each("exchange_id", exchanged),
            "leaving.leave": each("member_id", own or [dorothy]),
            "leaving.gone": each("member_id", own or [dorothy]),
            "leaving.check_erase": each("member_id", [dorothy]),
            "languages.language": [{"language": "cy"}],
            "trusted.card": each("trust_id", ids(select(Trust.id))),
            "roles.ask_end": [{"person": helen, "role": "coordinator"}],
        }
    )


def _waiting_calls(unit: Unit) -> list[str]:
    """One person for whom something waits to be read out."""
    query = select(OutboxMessage.person_id).where(
        OutboxMessage.channel == "phone", OutboxMessage.status == "waiting"
    )
    return [each for each in unit.db.scalars(query.limit(1)) if each is not None]


def _usable_links(unit: Unit) -> list[SingleUseLink]:
    query = select(SingleUseLink).where(SingleUseLink.expires_at > unit.now)
    return list(unit.db.scalars(query.where(SingleUseLink.spent_at.is_(None))))
