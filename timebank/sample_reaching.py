"""In the sample community: a letter in large print, somebody to ring, and a certificate."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from timebank import certificates, communication, letters, people, preferences, skills
from timebank.sample_content import STAFF

if TYPE_CHECKING:
    from timebank.sample import Sample

_COORDINATOR = STAFF[0].name
_DOROTHY, _WINSTON, _GRACE = "Dorothy Clarke", "Winston Brown", "Grace Okafor"


def tell(sample: Sample, months: list[date]) -> None:
    """Put these events into the sample's plan."""

    def day(month: int, of_month: int) -> date:
        return months[month] + timedelta(days=of_month - 1)

    sample.at(day(2, 20), "10:00", lambda: _wants(sample, _DOROTHY, "post", "large_print", ""))
    sample.at(day(4, 2), "09:00", lambda: _post(sample))
    how = "After ten in the morning. Let it ring for long."
    sample.at(day(5, 20), "10:00", lambda: _wants(sample, _WINSTON, "phone", "script", how))
    sample.at(day(4, 10), "11:00", lambda: _says(sample))
    sample.at(day(5, 28), "10:00", lambda: _certificate(sample, months[0], day(5, 28)))


def _says(sample: Sample) -> None:
    """Grace rings, and a coordinator notes what matters to her and what she can do."""
    member_id = sample.members[_GRACE]
    found = sample.read(_COORDINATOR, lambda unit: people.member(unit, member_id))
    sample.by(
        _COORDINATOR,
        preferences.change_preferences,
        preferences.ChangePreferences(
            member_id=member_id,
            revision=found.revision,
            matters=("difference", "skills"),
            liked=("class", "training"),
            named="initials",
        ),
    )
    skill = skills.AddSkill(
        member_id=member_id,
        title_words="Taking minutes",
        words="For the reading panel, since the spring.",
    )
    sample.by(_COORDINATOR, skills.add_skill, skill)


def _wants(sample: Sample, name: str, channel: str, form: str, words: str) -> None:
    """A coordinator asked, and notes the answer."""
    member_id = sample.members[name]
    if channel == "post":
        _address(sample, member_id)
    sample.by(
        _COORDINATOR,
        communication.change_communication,
        communication.ChangeCommunication(
            member_id=member_id,
            revision=0,
            channel=channel,
            form=form,
            words=words or None,
            copy_name=None,
            copy_email=None,
            copy_agreed=False,
            no_news=False,
        ),
    )


def _address(sample: Sample, member_id: str) -> None:
    found = sample.read(_COORDINATOR, lambda unit: people.member(unit, member_id))
    sample.by(
        _COORDINATOR,
        people.change_member,
        people.ChangeMember(
            member_id=member_id,
            revision=found.revision,
            name=found.person.name,
            email=found.person.email,
            phone=found.person.phone,
            address="14 Mill Lane\nRiverside\nRV2 4CD",
            needs=found.person.needs,
            statement_by=found.statement_by,
        ),
    )


def _post(sample: Sample) -> None:
    """The letters of that day, printed and posted."""
    made = sample.by(_COORDINATOR, letters.print_letters, letters.PrintLetters())
    if made.run_id is None:
        return
    run_id = made.run_id
    ids = sample.read(
        _COORDINATOR, lambda unit: tuple(each.id for each in letters.letters(unit, run_id))
    )
    sample.by(
        _COORDINATOR,
        letters.post_letters,
        letters.PostLetters(run_id=run_id, letter_ids=ids),
    )


def _certificate(sample: Sample, from_on: date, until_on: date) -> None:
    sample.by(
        _COORDINATOR,
        certificates.issue_certificate,
        certificates.IssueCertificate(
            member_id=sample.members[_GRACE], from_on=from_on, until_on=until_on
        ),
    )
