"""How a session was, in one tick and a few words, from people nobody can name.

The link that leads here knows its person; what they say does not. What few people said is shown to
nobody, because few can be guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import links, sessions, texts
from timebank.errors import NotFound
from timebank.follow_up import FEEDBACK
from timebank.ids import new_id
from timebank.models import Feedback, Session, SingleUseLink
from timebank.unit import Unit

ANSWERS = ("good", "mixed", "not_good")
# Fewer answers than these could be guessed.
LEAST_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class FeedbackGiven:
    """What was said, together: counts by answer, and the words in no order of persons.

    With fewer than ``LEAST_SHOWN`` answers both are empty, and only ``count`` is there.
    """

    count: int
    answers: dict[str, int]
    words: tuple[str, ...]


def asked_about(unit: Unit, code: str) -> Session:
    """The session that a link asks about; raises what ``links.open_link`` raises."""
    return unit.db.get_one(Session, _link(unit, code).subject_id)


def give_feedback(unit: Unit, code: str, answer: str, words: str) -> None:
    """Take the answer of a link, once. Raises what ``links`` and ``texts`` raise."""
    link = _link(unit, code)
    texts.one_of(answer, ANSWERS, "answer")
    said = texts.clean(words, "words", most=500, required=False, lines=True)
    links.spend(unit, link)
    unit.db.add(
        Feedback(
            id=new_id(), session_id=link.subject_id, answer=answer, words=said or None,
            given_on=unit.today,
        )
    )  # fmt: skip
    unit.db.flush()


def _link(unit: Unit, code: str) -> SingleUseLink:
    link = links.open_link(unit, code)
    if link.purpose != FEEDBACK:
        raise NotFound("link_unknown")
    return link


def of_session(unit: Unit, session_id: str) -> FeedbackGiven:
    """What people said about a session, for those who plan what follows."""
    unit.actor.require("follow_up.plan")
    sessions.session(unit, session_id)
    query = (
        select(Feedback.answer, func.count())
        .where(Feedback.session_id == session_id)
        .group_by(Feedback.answer)
    )
    counted = dict(unit.db.execute(query).all())
    count = sum(counted.values())
    if count < LEAST_SHOWN:
        return FeedbackGiven(count=count, answers={}, words=())
    # By their random ids, so that the order says nothing either.
    said = select(Feedback.words).where(
        Feedback.session_id == session_id, Feedback.words.is_not(None)
    )
    words = tuple(each or "" for each in unit.db.scalars(said.order_by(Feedback.id)))
    return FeedbackGiven(
        count=count, answers={code: counted.get(code, 0) for code in ANSWERS}, words=words
    )
