"""Notices: short plain mails that something happened, written to the outbox in the same unit.

A row says what it is about, never its words; ``render`` makes those when it is sent. Bodies say
nothing personal: no balance and no reward; they lead to the page that does. The one exception is
the statement itself, for a member who chose to have it in the mail.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from timebank import checkpoints, links, statement_text
from timebank.errors import NotFound
from timebank.ids import new_id
from timebank.models import OutboxMessage, Person, SingleUseLink, Statement
from timebank.unit import Unit
from timebank.words import N_, Words

# Waits for a coordinator to print it; never mailed.
PAPER = "statement_paper"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What one kind says: a short subject, paragraphs, and where its link leads.

    ``path`` is a page of this instance with ``%s`` for the subject's id; None is the single-use
    link that the subject is.
    """

    subject: str
    paragraphs: tuple[str, ...]
    path: str | None


_REDEMPTION = "/redemptions/%s"

KINDS: dict[str, Notice] = {
    "invitation": Notice(
        subject=N_("Choose your password"),
        paragraphs=(
            N_(
                "You have a place in our time bank, where the time people give is recorded."
                " To see your own page, choose a password first."
            ),
            N_("This link works once, and only for a while:"),
        ),
        path=None,
    ),
    "sign_in_link": Notice(
        subject=N_("Your link to sign in"),
        paragraphs=(
            N_("Somebody asked for a link to sign in with this e-mail address."),
            N_("If it was you, open this. It works once, for 15 minutes. If not, do nothing:"),
        ),
        path=None,
    ),
    "hours_credited": Notice(
        subject=N_("Your hours have been recorded"),
        paragraphs=(
            N_("We have recorded the time you gave. Thank you."),
            N_("You can see it on your page:"),
        ),
        path="/history",
    ),
    "credit_corrected": Notice(
        subject=N_("We have put a mistake right"),
        paragraphs=(
            N_("Something about the time we recorded for you was not right. We have corrected it."),
            N_("You can see what changed, and why, on your page:"),
        ),
        path="/history",
    ),
    "redemption_requested": Notice(
        subject=N_("We have your request"),
        paragraphs=(
            N_("We have your request. The hours for it are set aside until it is decided."),
            N_("You can see it, or cancel it, here:"),
        ),
        path=_REDEMPTION,
    ),
    "redemption_approved": Notice(
        subject=N_("Your request was agreed"),
        paragraphs=(N_("Your request was agreed."), N_("What happens next stands here:")),
        path=_REDEMPTION,
    ),
    "redemption_declined": Notice(
        subject=N_("Your request was not agreed"),
        paragraphs=(
            N_("Your request was not agreed. The hours set aside for it are yours to use again."),
            N_("You can read more here:"),
        ),
        path=_REDEMPTION,
    ),
    "redemption_cancelled": Notice(
        subject=N_("Your request was cancelled"),
        paragraphs=(
            N_("Your request was cancelled. The hours set aside for it are yours to use again."),
            N_("You can see it here:"),
        ),
        path=_REDEMPTION,
    ),
    "redemption_fulfilled": Notice(
        subject=N_("What you asked for was handed over"),
        paragraphs=(
            N_("We have noted that you received what you asked for."),
            N_("If you did not, please tell us. You can see it here:"),
        ),
        path=_REDEMPTION,
    ),
    "decide_link": Notice(
        subject=N_("Please decide a request"),
        paragraphs=(
            N_(
                "Nobody in our group may decide a request of their own. You are our second"
                " approver, so we ask you."
            ),
            N_("This link shows the request and works once. You do not need to sign in:"),
        ),
        path=None,
    ),
    "hand_over_link": Notice(
        subject=N_("Please confirm that something was handed over"),
        paragraphs=(
            N_(
                "Nobody in our group may hand something over to themselves. You are our second"
                " approver, so we ask you to confirm it when it has happened."
            ),
            N_("This link shows what it is and works once. You do not need to sign in:"),
        ),
        path=None,
    ),
    "statement_ready": Notice(
        subject=N_("Your statement is ready"),
        paragraphs=(N_("Your statement is ready."), N_("You can read and print it here:")),
        path="/statements/%s",
    ),
}


def send_later(unit: Unit, kind: str, person_id: str, subject_id: str) -> None:
    """Put a notice in the outbox, to be sent when this unit has committed.

    A person without an e-mail address gets none, except a paper statement, which waits for a
    coordinator to print it.
    """
    person = unit.db.get(Person, person_id)
    if kind != PAPER and (kind not in KINDS or person is None or not person.email):
        if kind not in KINDS:
            raise NotFound("notice_unknown", kind=kind)
        return
    message_id = new_id()
    unit.db.add(
        OutboxMessage(
            id=message_id,
            person_id=person_id,
            kind=kind,
            subject_id=subject_id,
            message_id=f"<{message_id}@{urlsplit(unit.settings.address).hostname}>",
            status="waiting",
            created_at=unit.now,
            due_at=unit.now,
            attempts=0,
        )
    )


def send_statement(unit: Unit, statement: Statement) -> None:
    """Tell a member about a statement in the way they chose; on paper without an address."""
    member = statement.member
    on_paper = member.statement_by == "paper" or not member.person.email
    send_later(unit, PAPER if on_paper else "statement_ready", member.person_id, statement.id)


def render(unit: Unit, message: OutboxMessage) -> tuple[str, str]:
    """The subject and plain-text body of a notice, in the community's language."""
    words = Words(unit.community.language)
    if message.kind == checkpoints.KIND:
        return _checkpoint(unit, message, words)
    notice = KINDS[message.kind]
    person = unit.db.get_one(Person, message.person_id)
    parts = [words.say(N_("Dear %(name)s,"), name=person.name)]
    parts += [words.say(paragraph) for paragraph in notice.paragraphs]
    parts.append(_address(unit, notice, message.subject_id))
    if message.kind == "statement_ready":
        parts += _statement_itself(unit, message.subject_id, words)
    parts.append(_contact(unit, words))
    parts.append(unit.community.name)
    return words.say(notice.subject), "\n\n".join(parts) + "\n"


def _checkpoint(unit: Unit, message: OutboxMessage, words: Words) -> tuple[str, str]:
    parts = [
        words.say(N_("This is where the books of %(name)s stood."), name=unit.community.name),
        checkpoints.lines_of(unit, message),
        words.say(
            N_(
                "Please keep this mail. If anybody ever doubts the books, a line of it shows"
                " whether their history was changed afterwards."
            )
        ),
    ]
    subject = words.say(N_("Checkpoint of the books, %(days)s"), days=message.subject_id)
    return subject, "\n\n".join(parts) + "\n"


def no_longer_due(unit: Unit, message: OutboxMessage) -> str | None:
    """Why a waiting notice should not be sent any more, as a code; None when it should."""
    if message.kind == checkpoints.KIND:
        return None
    notice = KINDS.get(message.kind)
    if notice is None:
        return "notice_unknown"
    if notice.path is None:
        link = unit.db.get(SingleUseLink, message.subject_id)
        if link is None or link.spent_at is not None:
            return "link_spent"
        if link.expires_at <= unit.now:
            return "link_late"
    return None


def _address(unit: Unit, notice: Notice, subject_id: str) -> str:
    if notice.path is None:
        return links.address_of(unit, subject_id)
    return unit.settings.address + notice.path.replace("%s", subject_id)


def _statement_itself(unit: Unit, statement_id: str, words: Words) -> list[str]:
    statement = unit.db.get_one(Statement, statement_id)
    if statement.member.statement_by != "mail":
        return []
    text = statement_text.plain(json.loads(statement.content))
    return [words.say(N_("You asked us to put it in the mail too. Here it is:")), text.rstrip()]


def _contact(unit: Unit, words: Words) -> str:
    community = unit.community
    ways = ", ".join(way for way in (community.contact_phone, community.contact_email) if way)
    return words.say(
        N_("If you have a question, or would like this in another form, ask %(name)s: %(ways)s."),
        name=community.contact_name,
        ways=ways,
    )
