"""Languages: off until somebody passed them, then everything for a person is in theirs."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from sqlalchemy import select

from tests.timebank import statement_samples
from tests.timebank.builders import Community
from tests.timebank.reaching import wants
from timebank import (
    calls,
    certificates,
    erasure,
    information,
    languages,
    mail,
    notices,
    own_data,
    statement_formats,
    statements,
    words,
)
from timebank.community import policy
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.languages import ChooseLanguage, PassInformation, PassLanguage, SwitchLanguageOff
from timebank.models import (
    Certificate,
    LanguagePassed,
    OutboxMessage,
    Person,
    Statement,
    TrailEvent,
)
from timebank.statement_easy_read import easy_read_data
from timebank.words import Words


def passed(community: Community, language: str = "cy", revision: int = 0) -> None:
    """The administrator read a language and passed it, today."""
    community.do(
        languages.pass_language,
        PassLanguage(
            language=language,
            revision=revision,
            passed_by_id=community.admin.person_id or "",
            passed_on=community.clock().date(),
        ),
    )


def chosen(community: Community, added, language: str | None = "cy") -> None:
    """Somebody chooses a language for themselves."""
    community.do(
        languages.choose_language,
        ChooseLanguage(language=language),
        actor=community.actor_of(added.person_id),
    )


def of(community: Community, added) -> str:
    return community.read(languages.of_person, added.person_id)


# --- passed, and off again ----------------------------------------------------------------------


def test_a_language_is_off_until_somebody_passed_it(community: Community) -> None:
    assert "cy" in languages.found()
    assert languages.found()[0] == "en"
    assert community.read(languages.on) == ["en"]
    anna = community.member("Anna Bell")
    with pytest.raises(RuleBroken, match="language_off"):
        chosen(community, anna)
    passed(community)
    assert community.read(languages.on) == ["en", "cy"]
    chosen(community, anna)
    assert of(community, anna) == "cy"


def test_who_may_pass_it_and_what_is_refused(community: Community) -> None:
    today = community.clock().date()
    admin = community.admin.person_id or ""
    anna = community.member("Anna Bell")

    def tries(by=None, **more) -> None:
        usual = {"language": "cy", "revision": 0, "passed_by_id": admin, "passed_on": today}
        community.do(languages.pass_language, PassLanguage(**{**usual, **more}), actor=by)

    with pytest.raises(NotAllowed, match="role_lacking"):
        tries(by=community.actor_of(anna.person_id))
    with pytest.raises(NotFound, match="language_unknown"):
        tries(language="xx")
    with pytest.raises(NotFound, match="language_unknown"):
        tries(language="en")  # always on: there is nothing to pass
    with pytest.raises(NotFound, match="person_unknown"):
        tries(passed_by_id="0" * 32)
    with pytest.raises(RuleBroken, match="day_in_future"):
        tries(passed_on=date(2099, 1, 1))
    assert community.read(languages.on) == ["en"]
    tries()
    with pytest.raises(Conflict, match="changed_meanwhile"):
        tries()  # another administrator was faster


def test_switched_off_again_everybody_gets_the_groups_language(community: Community) -> None:
    anna = community.member("Anna Bell")
    passed(community)
    chosen(community, anna)
    off = SwitchLanguageOff(language="cy", revision=1)
    community.do(languages.switch_language_off, off)
    assert of(community, anna) == "en"
    assert community.read(languages.of_people, [anna.person_id]) == {anna.person_id: "en"}
    with pytest.raises(RuleBroken, match="language_off"):
        community.do(languages.switch_language_off, SwitchLanguageOff(language="cy", revision=2))
    # What somebody chose is not forgotten: passed again, they have it again.
    passed(community, revision=2)
    assert of(community, anna) == "cy"


def test_the_trail_says_who_did_what(community: Community) -> None:
    anna = community.member("Anna Bell")
    passed(community)
    chosen(community, anna)
    chosen(community, anna)  # no change, no row
    community.do(languages.switch_language_off, SwitchLanguageOff(language="cy", revision=1))
    with community.unit() as unit:
        query = select(TrailEvent).where(TrailEvent.action.contains("language"))
        rows = unit.db.scalars(query.order_by(TrailEvent.id)).all()
        assert [row.action for row in rows] == [
            "language.passed", "person.language_chosen", "language.switched_off",
        ]  # fmt: skip
        assert json.loads(rows[0].details)["by"] == community.admin.person_id
        assert "Anna" not in "".join(row.details for row in rows)


def test_erasing_somebody_forgets_their_language_and_keeps_who_passed(community: Community) -> None:
    anna = community.member("Anna Bell")
    passed(community)
    chosen(community, anna)
    with community.unit() as unit:
        erasure.empty(unit, erasure.About(person_id=anna.person_id, member_id=anna.member_id))
        assert unit.db.get_one(Person, anna.person_id).language is None
        row = unit.db.get_one(LanguagePassed, "cy")
        assert row.passed_by_id == community.admin.person_id


# --- the information about benefits ---------------------------------------------------------------


def test_benefits_information_stays_english_until_it_was_passed_too(community: Community) -> None:
    welsh = Words("cy")
    passed(community)

    def shown() -> information.Information:
        with community.unit() as unit:
            return information.beside_reward(unit, policy(unit), welsh)

    before = shown()
    assert before.language == "en"
    assert before.paragraphs[0].startswith("If you get benefits.")
    assert before.why == welsh.say(information._IN_ENGLISH)
    command = PassInformation(
        language="cy", revision=1, passed_by_id=community.admin.person_id or "",
        passed_on=community.clock().date(),
    )  # fmt: skip
    community.do(languages.pass_information, command)
    after = shown()
    assert (after.language, after.why) == ("cy", None)
    assert not set(after.paragraphs) & set(before.paragraphs)
    # Other words need another look.
    with community.unit() as unit:
        unit.db.get_one(LanguagePassed, "cy").information_sha256 = "0" * 64
    assert shown().language == "en"


def test_for_a_reader_of_english_nothing_is_said_about_languages(community: Community) -> None:
    with community.unit() as unit:
        shown = information.beside_reward(unit, policy(unit), Words())
    assert (shown.language, shown.why) == ("en", None)


# --- everything for a person in their language ----------------------------------------------------


def test_what_is_written_to_somebody_is_in_their_language(community: Community) -> None:
    anna = community.member("Anna Bell", "anna@example.org")
    ben = community.member("Ben Okafor", "ben@example.org")
    passed(community)
    chosen(community, anna)
    community.credit(community.session(minutes=60), [anna.member_id, ben.member_id])
    community.clock.forward(days=40)
    with community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
    with community.unit() as unit:
        ready = {
            row.person_id: row
            for row in unit.db.scalars(
                select(OutboxMessage).where(OutboxMessage.kind == "statement_ready")
            )
        }
        subjects, tags = {}, {}
        for person_id, row in ready.items():
            to = mail.recipient(unit, row)
            assert to is not None
            made = mail.letter(unit, [row], to)
            subjects[person_id], tags[person_id] = made["Subject"], made["Content-Language"]
        assert tags == {anna.person_id: "cy", ben.person_id: "en", community.admin.person_id: "en"}
        english = notices.subject_of([ready[ben.person_id]], Words())
        assert subjects[ben.person_id] == english != subjects[anna.person_id]
        issued = {
            found.member_id: json.loads(found.content)["language"]
            for found in unit.db.scalars(select(Statement))
            if found.member_id in (anna.member_id, ben.member_id)
        }
        assert issued == {anna.member_id: "cy", ben.member_id: "en"}


def test_certificates_and_copies_of_data_too(community: Community) -> None:
    anna = community.member("Anna Bell", "anna@example.org")
    passed(community)
    chosen(community, anna)
    community.credit(community.session(minutes=60), [anna.member_id])
    today = community.clock().date()
    community.do(
        certificates.issue_certificate,
        certificates.IssueCertificate(
            member_id=anna.member_id, from_on=date(2020, 1, 1), until_on=today
        ),
    )
    with community.unit() as unit:
        content = json.loads(unit.db.scalars(select(Certificate.content)).one())
        assert content["language"] == "cy"
        details = own_data.sheets(unit, anna.member_id)[0]
        assert ("Cymraeg" in [row[1] for row in details.rows]) is True
        assert details.title == Words("cy").say("Your details") != "Your details"


def test_what_is_read_out_is_in_the_members_language(community: Community) -> None:
    anna = community.member("Anna Bell", phone="01632 960001")
    passed(community)
    wants(community, anna, "phone", "script", language="cy")
    community.credit(community.session(minutes=60), [anna.member_id])
    community.clock.forward(days=40)
    with community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
    with community.unit() as unit:
        script = calls.script(unit, anna.person_id)
    assert script.language == "cy"
    assert "awr" in script.text, script.text
    assert "hour" not in script.text


# --- a language needs only its folder -------------------------------------------------------------


def test_a_new_language_needs_only_its_folder(community: Community, tmp_path: Path, monkeypatch):
    catalogue = Catalog(locale="gd")
    catalogue.add(("%(n)s hour", "%(n)s hours"), ("%(n)s uair", "%(n)s uair", "", "%(n)s uair"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    folder = tmp_path / "gd" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(compiled.getvalue())
    (tmp_path / "letters" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "letters" / "LC_MESSAGES" / "messages.mo").write_bytes(b"")
    (tmp_path / "messages.pot").write_bytes((words.LOCALE / "messages.pot").read_bytes())
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    words._catalogue.cache_clear()
    try:
        assert languages.found() == ("en", "gd")
        assert languages.own_name("gd") == "Gàidhlig"
        state = languages.completeness("gd")
        assert state.percent == 0 < state.messages
        passed(community, "gd")
        anna = community.member("Anna Bell")
        chosen(community, anna, "gd")
        assert Words(of(community, anna)).duration(60) == "1 uair"
        # What it lacks is English, so the words about benefits cannot be passed.
        command = PassInformation(
            language="gd", revision=1, passed_by_id=community.admin.person_id or "",
            passed_on=community.clock().date(),
        )  # fmt: skip
        with pytest.raises(RuleBroken, match="information_untranslated"):
            community.do(languages.pass_information, command)
    finally:
        words._catalogue.cache_clear()


@pytest.mark.parametrize("form", ["text", "csv", "script", "braille", "easy-read"])
def test_a_welsh_statement_is_welsh_in_every_form(form: str) -> None:
    said = _said(form, {**statement_samples.content(), "language": "cy"})
    for english in ("hour", "Statement", "redited", "November", "Page", "minutes", "below"):
        assert english not in said
    assert "awr" in said or "csv" in form
    assert "Tachwedd" in said or "csv" in form


def _said(form: str, content: dict[str, Any]) -> str:
    """What a form says; for the PDF the data that it is set from."""
    reader = statement_samples.READER
    if form == "easy-read":
        return json.dumps(easy_read_data(content, reader), ensure_ascii=False)
    return statement_formats.FORMATS[form].make(content, reader).decode("utf-8")
