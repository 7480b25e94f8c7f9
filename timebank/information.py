"""The neutral information shown beside every reward: the same words for everybody.

It never says "safe" or "exempt", never ranks the options, and is never chosen by data about a
person. Until a group has recorded who reviewed it, it says so itself.
"""

from __future__ import annotations

from datetime import date, timedelta

from timebank.models import Policy
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


def before_joining(policy: Policy, words: Words, today: date) -> str:
    """The same information beside a session that somebody may join, without what is said of
    choosing a reward; it says when its last check is long ago."""
    said = information_text(policy, words).split("\n\n")
    said.remove(words.say(_CHOICES))
    checked_on = policy.information_reviewed_on
    if checked_on is not None and today - checked_on > _OLD_AFTER:
        said.append(words.say(_OLD))
    return "\n\n".join(said)


def information_text(policy: Policy, words: Words | None = None) -> str:
    """The information under a policy, paragraphs parted by an empty line; ``words`` says it.

    The version to record with a redemption is ``policy.version``.
    """
    words = words or Words()
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
    else:
        said.append(words.say(_NOT_REVIEWED))
    return "\n\n".join(said)
