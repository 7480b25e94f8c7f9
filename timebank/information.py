"""The neutral information shown beside every reward: the same words for everybody.

It never says "safe" or "exempt", never ranks the options, and is never chosen by data about a
person. Until a group has recorded who reviewed it, it says so itself, and once that is long ago it
warns of it. In another language it stands
only once somebody has passed these very words in it; until then it is English, and says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from timebank.models import LanguagePassed, OutboxMessage, Policy, Redemption
from timebank.tasks import Task
from timebank.unit import Unit
from timebank.words import N_, Words

# What stands beside a reward but not beside a session, where there is nothing to choose yet.
_CHOICES = N_(
    "You can choose this reward, choose something with no money value, give hours to a charity,"
    " let the hours of later sessions go to the community pot, keep your hours, or decide"
    " later. None of these choices changes how we value your time."
)
_PARAGRAPHS = (
    N_(
        "If you get benefits. Hours in your account are a record of time."
        " They cannot be turned into cash."
    ),
    N_(
        "Some rewards with a money value may count as income for some benefits. We cannot tell you"
        " if it affects you. The rules depend on your benefit and your situation."
    ),
    _CHOICES,
    N_("You may need to tell the DWP or your council, even if you say no to a reward."),
)
_ADVICE = N_("Free, independent advice: %(advice)s")
_NO_ADVICE = N_("Free, independent advice: ask Citizens Advice or a local welfare rights service.")
_REVIEWED = N_("%(reviewer)s last checked this text on %(day)s.")
_NOT_REVIEWED = N_("This text has not yet been reviewed by a welfare rights adviser.")
_OLD = N_("That is more than a year ago, so some of it may not be right any more.")
_OLD_AFTER = timedelta(days=366)
_ALL = (*_PARAGRAPHS, _ADVICE, _NO_ADVICE, _REVIEWED, _NOT_REVIEWED, _OLD)
_IN_ENGLISH = N_(
    "These words about benefits are in English, because nobody has yet checked them in your"
    " language."
)


@dataclass(frozen=True, kw_only=True)
class Information:
    """The information as its reader sees it.

    ``language`` is that of the ``paragraphs``; where it is not the reader's, ``why`` says so in the
    reader's own.
    """

    paragraphs: list[str]
    language: str
    why: str | None = None


def beside_reward(unit: Unit, policy: Policy, words: Words) -> Information:
    """The information under a policy, for a reader of ``words``.

    The version to record with a redemption is ``policy.version``.
    """
    said, why = _for_reader(unit, words)
    paragraphs = information_text(policy, said, unit.today).split("\n\n")
    return Information(paragraphs=paragraphs, language=said.language, why=why)


def beside_messages(unit: Unit, messages: Sequence[OutboxMessage], words: Words) -> list[str]:
    """The same for a letter or a call that tells of a reward with a money value; else nothing."""
    asked = [each.subject_id for each in messages if each.kind.startswith("redemption_")]
    money = select(Redemption.id).where(
        Redemption.id.in_(asked), Redemption.money_pence.is_not(None)
    )
    if not asked or unit.db.scalar(money.limit(1)) is None:
        return []
    found = beside_reward(unit, in_force(unit), words)
    return [*([found.why] if found.why else []), *found.paragraphs]


def in_force(unit: Unit) -> Policy:
    """The rules whose information is shown: the newest."""
    return unit.db.scalars(select(Policy).order_by(Policy.version.desc()).limit(1)).one()


def beside_session(unit: Unit, policy: Policy, words: Words) -> Information:
    """The same beside a session that somebody may join; see ``before_joining``."""
    said, why = _for_reader(unit, words)
    paragraphs = before_joining(policy, said, unit.today).split("\n\n")
    return Information(paragraphs=paragraphs, language=said.language, why=why)


def _for_reader(unit: Unit, words: Words) -> tuple[Words, str | None]:
    if words.language == "en" or _is_passed(unit, words):
        return words, None
    return Words(), words.say(_IN_ENGLISH)


def _is_passed(unit: Unit, words: Words) -> bool:
    row = unit.db.get(LanguagePassed, words.language)
    return row is not None and row.information_sha256 == sha256_of(words)


def is_whole(words: Words) -> bool:
    """Whether a language has words for all of the information."""
    return all(words.has(text) for text in _ALL)


def sha256_of(words: Words) -> str:
    """The SHA-256 of the words in a language, with open places where a group's own words go."""
    said = "\n\n".join(words.template(text) for text in _ALL)
    return hashlib.sha256(said.encode()).hexdigest()


def before_joining(policy: Policy, words: Words, today: date) -> str:
    """The same information beside a session that somebody may join, without what is said of
    choosing a reward."""
    said = information_text(policy, words, today).split("\n\n")
    said.remove(words.say(_CHOICES))
    return "\n\n".join(said)


def check_again_by(policy: Policy) -> date | None:
    """The last day on which the text counts as checked; None where nobody has reviewed it."""
    if not (policy.information_reviewed_by and policy.information_reviewed_on):
        return None
    return policy.information_reviewed_on + _OLD_AFTER


def information_text(policy: Policy, words: Words, today: date) -> str:
    """The information under a policy, paragraphs parted by an empty line; ``words`` says it.

    The last says who checked it and when, and from the day after ``check_again_by`` that this is
    long ago.
    """
    said = [words.say(paragraph) for paragraph in _PARAGRAPHS]
    if policy.advice_contact:
        said.append(words.say(_ADVICE, advice=policy.advice_contact))
    else:
        said.append(words.say(_NO_ADVICE))
    if policy.information_reviewed_by and policy.information_reviewed_on:
        said.append(
            words.say(
                _REVIEWED,
                reviewer=policy.information_reviewed_by,
                day=policy.information_reviewed_on,
            )
        )
        if today > policy.information_reviewed_on + _OLD_AFTER:
            said.append(words.say(_OLD))
    else:
        said.append(words.say(_NOT_REVIEWED))
    return "\n\n".join(said)


def tasks(unit: Unit) -> list[Task]:
    """The text to be checked again, for who changes the rules, from the day it counts as old."""
    if not unit.actor.may("community.change"):
        return []
    due_on = check_again_by(in_force(unit))
    if due_on is None or due_on >= unit.today:
        return []
    return [Task(verb="check_information", path="/community/policy", due_on=due_on)]
