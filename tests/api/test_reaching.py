"""Letters, calls, certificates, choices and skills through the API, as far as the pages let one."""

from __future__ import annotations

import pytest

from tests.api.conftest import Bench
from tests.timebank.reaching import wants
from timebank.people import MemberAdded


def _reached(bench: Bench, name: str, channel: str) -> MemberAdded:
    """A member who is reached by post or telephone, for whom something waits."""
    more = {"address": "1 Mill Lane"} if channel == "post" else {"phone": "01632 960200"}
    added: MemberAdded = bench.community.member(name, **more)
    wants(bench.community, added, channel)
    bench.community.credit(bench.community.session("Tea"), [added.member_id])
    return added


def test_a_letter_is_printed_read_ticked_and_comes_back(bench: Bench) -> None:
    iris = _reached(bench, "Iris Lane", "post")
    cora = bench.cora
    (waiting,) = cora.get("/letters/waiting").json["items"]
    assert (waiting["person_id"], waiting["name"]) == (iris.person_id, "Iris Lane")
    made = cora.post("/letters", {}).json
    assert (made["count"], made["left"]) == (1, 0)
    assert cora.post("/letters", {}).json["run_id"] is None
    (run,) = cora.get("/letters").json["items"]
    assert (run["run_id"], run["letters"], run["posted"]) == (made["run_id"], 1, 0)
    path = f"/letters/{made['run_id']}"
    pdf = cora.get(f"{path}/pdf")
    assert (pdf.content_type, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    (letter,) = cora.get(path).json["items"]
    assert (letter["name"], letter["status"], letter["posted_at"]) == ("Iris Lane", "printed", None)
    early = cora.post(f"/posted-letters/{letter['id']}/returned", {})
    assert (early.status_code, early.json["code"]) == (422, "letter_not_posted")
    assert cora.post(f"{path}/posted", {"letter_ids": [letter["id"]]}).json["count"] == 1
    back = cora.post(f"/posted-letters/{letter['id']}/returned", {}).json
    assert back == {"letter_id": letter["id"], "person_id": iris.person_id}
    assert cora.get(path).json["items"][0]["status"] == "returned"
    assert cora.post(f"/posted-letters/{letter['id']}/returned", {}).status_code == 409


def test_somebody_is_rung_and_what_was_read_out_is_ticked(bench: Bench) -> None:
    joe = _reached(bench, "Joe Park", "phone")
    cora = bench.cora
    (call,) = cora.get("/calls").json["items"]
    assert (call["person_id"], call["name"], call["tried"]) == (joe.person_id, "Joe Park", 0)
    path = f"/calls/{joe.person_id}"
    assert cora.post(f"{path}/not-answered", {}).json["count"] == 1
    assert cora.get("/calls").json["items"][0]["tried"] == 1
    script = cora.get(path).json
    assert "Am I speaking to Joe Park?" in script["text"]
    done = cora.post(f"{path}/read", {"message_ids": script["message_ids"]}).json
    assert done == {"person_id": joe.person_id, "count": 1}
    assert cora.get("/calls").json["items"] == []
    assert cora.get(path).status_code == 404


def test_certificates_are_listed_made_and_read_by_whom_the_pages_let(bench: Bench) -> None:
    days = {"from_on": "2026-01-01", "until_on": "2026-03-02"}
    mine = bench.mary.post("/me/certificates", days)
    assert mine.status_code == 201
    (listed,) = bench.mary.get("/me/certificates").json["items"]
    assert (listed["reference"], listed["minutes"]) == (mine.json["reference"], 120)
    path = f"/certificates/{listed['id']}"
    assert bench.mary.get(path).json["content"]["minutes"] == 120
    assert "Mary" not in bench.mary.get(path).text
    assert bench.mary.get(f"{path}/pdf").data[:5] == b"%PDF-"
    assert bench.cora.get(path).status_code == 200
    assert bench.noor.get(path).status_code == bench.noor.get(f"{path}/pdf").status_code == 404
    of_noor = f"/members/{bench.noor_actor.member_id}/certificates"
    assert bench.cora.post(of_noor, days).status_code == 201
    assert len(bench.cora.get(of_noor).json["items"]) == 1
    assert bench.mary.get(of_noor).status_code == 403


@pytest.mark.parametrize("path", ["/letters", "/letters/waiting", "/calls"])
def test_members_and_nobody_see_no_letters_and_no_calls(bench: Bench, path: str) -> None:
    assert bench.mary.get(path).status_code == 403
    assert bench.nobody.get(f"/api/v1{path}").status_code == 401


def test_choices_are_read_and_changed_with_their_history(bench: Bench) -> None:
    mary = bench.mary
    before = mary.get("/me/choices").json
    assert before["named"] == ""
    assert {each["topic"]: each["words"] for each in before["standing"]}["hours"] == (
        "Into the account"
    )
    body = {"revision": before["revision"], "matters": ["skills"], "named": "initials"}
    changed = mary.put("/me/preferences", body)
    assert changed.json["revision"] == before["revision"] + 1
    stale = mary.put("/me/preferences", body)
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")
    for wrong in ({"matters": ["cash"]}, {"matters": ["skills", "skills"]}, {"named": "loud"}):
        answer = mary.put("/me/preferences", {"revision": before["revision"] + 1, **wrong})
        assert (answer.status_code, answer.json["code"]) == (422, "input_wrong")
    items = mary.get("/me/choices/history").json["items"]
    assert {(each["topic"], each["said"], each["own"]) for each in items} == {
        ("matters", "skills", True), ("named", "initials", True),
    }  # fmt: skip
    path = f"/members/{bench.mary_actor.member_id}"
    theirs = bench.cora.get(f"{path}/choices").json
    assert (theirs["matters"], theirs["named"]) == (["skills"], "initials")
    by_phone = {"revision": theirs["revision"], "named": "yes"}
    assert bench.cora.put(f"{path}/preferences", by_phone).status_code == 200
    assert bench.cora.get(f"{path}/choices/history").json["items"][0]["own"] is False
    assert bench.cora.get("/told-us").json["named"] == ["Mary Okafor"]
    for each in (f"{path}/choices", f"{path}/choices/history", "/told-us"):
        assert bench.noor.get(each).status_code == 403


def test_skills_are_kept_by_their_owner_and_whoever_helps(bench: Bench) -> None:
    added = bench.mary.post("/me/skills", {"title_words": "Minutes", "words": "Since 2019"})
    assert added.status_code == 201
    path = f"/skills/{added.json['skill_id']}"
    assert bench.mary.get(path).json["title_words"] == "Minutes"
    assert bench.noor.get(path).status_code == 403
    theirs = f"/members/{bench.mary_actor.member_id}/skills"
    assert len(bench.cora.get(theirs).json["items"]) == 1
    assert bench.cora.post(theirs, {"title_words": "Welsh"}).status_code == 201
    change = {"revision": 1, "title_words": "Taking minutes"}
    assert bench.mary.put(path, change).json["revision"] == 2
    assert bench.mary.put(path, change).status_code == 409
    assert bench.mary.post(f"{path}/delete", {"revision": 2}).json["revision"] == 0
    assert bench.mary.get(path).status_code == 404
    assert [each["title_words"] for each in bench.mary.get("/me/skills").json["items"]] == ["Welsh"]
