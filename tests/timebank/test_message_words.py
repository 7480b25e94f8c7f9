"""A lint over the words of every message: what none of them says, and what each of them has."""

from __future__ import annotations

import re

import pytest

from tests.timebank.builders import Community
from tests.timebank.test_redemptions import add_reward, request
from timebank import checkpoints, notice_rules, notices, redemption_words, text_messages
from timebank.models import OutboxMessage
from timebank.words import Words

# Figures, money, and the open places by which a balance, a reward or a name would come in.
PERSONAL = re.compile(
    r"[0-9£€$]|%\(|\b(?:hour|minute|pound|balance|pence)s? (?:is|are|left|below)|voucher|class\b"
    r"|training|charity",
    re.IGNORECASE,
)
# Hours as such may be named; how many never are.
LONGEST_SUBJECT = 60
LINK = "f" * 32


def wrong(kind: str, notice: notices.Notice) -> list[str]:
    """What a message's words say that they should not, or lack; one line each."""
    found = []
    for text in (notice.subject, *notice.paragraphs):
        # How long a link lasts is about nobody.
        said = re.sub(r"for 15 minutes|14 days|60 days", "", text)
        if PERSONAL.search(said):
            found.append(f"{kind}: says too much: {text}")
    if len(notice.subject) >= LONGEST_SUBJECT:
        found.append(f"{kind}: the subject is long")
    if notice.subject.endswith((".", "!", ":")) or "\n" in notice.subject:
        found.append(f"{kind}: the subject is no heading")
    if not notice.paragraphs[-1].endswith(":"):
        found.append(f"{kind}: nothing leads to the link")
    if not any(not paragraph.endswith(":") for paragraph in notice.paragraphs):
        found.append(f"{kind}: nothing is left of it on paper")
    return found


def message(kind: str) -> OutboxMessage:
    return OutboxMessage(id=LINK, person_id=None, kind=kind, subject_id=LINK, channel="mail")


@pytest.mark.parametrize("kind", sorted(notices.KINDS))
def test_every_message_says_nothing_personal(kind):
    assert wrong(kind, notices.KINDS[kind]) == []


@pytest.mark.parametrize(
    "notice",
    [
        notices.Notice(subject="You have 3 hours", paragraphs=("Hello.", "Here:"), path="/"),
        notices.Notice(subject="Hello", paragraphs=("It is worth £5.", "Here:"), path="/"),
        notices.Notice(subject="Hello", paragraphs=("Your %(reward)s.", "Here:"), path="/"),
        notices.Notice(subject="Hello", paragraphs=("Your voucher came.", "Here:"), path="/"),
        notices.Notice(subject="x" * 60, paragraphs=("Hello.", "Here:"), path="/"),
        notices.Notice(subject="Hello!", paragraphs=("Hello.", "Here:"), path="/"),
        notices.Notice(subject="Hello", paragraphs=("Hello.",), path="/"),
        notices.Notice(subject="Hello", paragraphs=("Here:",), path="/"),
    ],
)
def test_words_that_say_too_much_are_found(notice):
    assert wrong("sample", notice)


def test_every_text_is_one_text(community):
    """With an address, a number and a name as long as they usually are."""
    with community.database.reading(community.console) as unit:
        unit.community.name = "Llanfair-ym-Muallt a'r Cylch Time Bank ŵŷ’"
        unit.community.contact_phone = "+44 (0)1982 555 0000"
        for kind in notices.KINDS:
            said = text_messages.text_of(unit, [message(kind)])
            assert text_messages.fits(said), (kind, len(said), said)
            assert "https://time.example.org" in said
            assert unit.community.contact_phone in said
        both = text_messages.text_of(unit, [message("hours_credited")] * 2)
        assert text_messages.fits(both)


@pytest.mark.parametrize("kind", sorted(notices.KINDS))
def test_every_message_has_a_contact_and_a_way_to_another_form(community: Community, kind: str):
    with community.database.reading(community.console) as unit:
        row = message(kind)
        row.person_id = community.admin.person_id
        if kind == "statement_ready":
            return  # with a statement of its own: tests/timebank/test_delivery.py
        _subject, body = notices.render(unit, row)
        on_paper = " ".join(notices.on_paper(unit, [row], Words("en")))
        for said in (body, on_paper):
            assert "in another form" in said
            assert "Ada Marsh: 020 7946 0000, hello@riverside.example.org" in said
        assert "https://" not in on_paper


def test_a_letter_says_which_request_it_is_about_and_a_mail_does_not(community: Community):
    """Once, however many steps it took; other messages say nothing of the kind."""
    anna = community.member("Anna Bell")
    community.credit(community.session(), [anna.member_id], minutes=120)
    actor = community.actor_of(anna.person_id)
    asked = request(community, add_reward(community), anna.member_id, actor)
    with community.database.reading(community.console) as unit:
        rows = [message(kind) for kind in ("redemption_requested", "redemption_approved")]
        for row in rows:
            row.person_id, row.subject_id = anna.person_id, asked.redemption_id
        said = redemption_words.about(unit, rows, Words("en"))
        assert said == [f"This is about your request {asked.reference}."]
        assert said[0] in notices.on_paper(unit, rows, Words("en"))
        assert asked.reference not in notices.render_together(unit, rows)[1]
        assert redemption_words.about(unit, [message("hours_credited")], Words("en")) == []


def test_rules_are_about_kinds_that_exist():
    kinds = set(notices.KINDS) | {notice_rules.PAPER, checkpoints.KIND}
    later = {"thanks", "feedback_asked"}
    assert set(notice_rules.FRESH_FOR) <= kinds
    assert kinds | later >= notice_rules.COLLECTED | notice_rules.LINK_ONLY
    assert kinds | later >= notice_rules.NEWS
    # What can be declined is never what somebody must get.
    assert not notice_rules.NEWS & notice_rules.COLLECTED
