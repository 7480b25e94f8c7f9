"""Languages for programs: what is on, one's own, who passed each, and in which errors are said."""

from __future__ import annotations

from tests.api.conftest import Bench
from timebank.words import Words

WELSH = Words("cy")


def passed(bench: Bench) -> None:
    body = {
        "revision": 0,
        "passed_by_id": bench.community.admin.person_id,
        "passed_on": bench.community.clock().date().isoformat(),
    }
    answer = bench.admin.post("/languages/cy/pass", body)
    assert (answer.status_code, answer.json) == (200, {"language": "cy", "revision": 1})


def test_passing_and_switching_off(bench: Bench) -> None:
    def welsh(door):
        found = {each["language"]: each for each in door.get("/languages").json["items"]}
        assert found["en"]["on"] is True
        return found["cy"]

    assert (welsh(bench.admin)["on"], welsh(bench.admin)["revision"]) == (False, 0)
    passed(bench)
    assert welsh(bench.mary)["on"] is True
    # Who passed it is for those who change the community.
    assert welsh(bench.mary)["passed_by_id"] is None
    assert welsh(bench.admin)["passed_by_id"] == bench.community.admin.person_id
    again = bench.admin.post("/languages/cy/switch-off", {"revision": 0})
    assert (again.status_code, again.json["code"]) == (409, "changed_meanwhile")
    assert bench.admin.post("/languages/cy/switch-off", {"revision": 1}).status_code == 200
    assert welsh(bench.mary)["on"] is False
    assert bench.mary.post("/languages/cy/switch-off", {"revision": 2}).status_code == 403
    assert bench.admin.post("/languages/xx/switch-off", {"revision": 0}).status_code == 404


def test_errors_are_in_the_language_asked_for_or_ones_own(bench: Bench) -> None:
    passed(bench)
    english, welsh = (Words(code).error("member_unknown") for code in ("en", "cy"))
    assert english != welsh

    def said(door, **headers):
        return door.ask("GET", f"/members/{'0' * 32}", headers=headers).json["message"]

    assert said(bench.cora) == english
    assert said(bench.cora, **{"Accept-Language": "cy-GB,cy;q=0.9,en;q=0.5"}) == welsh
    assert bench.cora.put("/me/language", {"language": "cy"}).status_code == 200
    assert said(bench.cora) == welsh
    assert said(bench.cora, **{"Accept-Language": "en"}) == english
    assert said(bench.cora, **{"Accept-Language": "fr"}) == welsh
    refused = bench.cora.put("/me/language", {"language": "xx"})
    assert (refused.status_code, refused.json["code"]) == (422, "language_off")
    assert bench.cora.put("/me/language", {"language": None}).status_code == 200
    assert said(bench.cora) == english


def test_the_information_says_its_language(bench: Bench) -> None:
    passed(bench)
    bench.mary.put("/me/language", {"language": "cy"})
    rules = bench.mary.get("/policy").json
    assert rules["information_language"] == "en"
    assert rules["information_text"].startswith("If you get benefits.")
    body = {
        "revision": 1,
        "passed_by_id": bench.community.admin.person_id,
        "passed_on": bench.community.clock().date().isoformat(),
    }
    assert bench.admin.post("/languages/cy/pass-information", body).status_code == 200
    rules = bench.mary.get("/policy").json
    assert rules["information_language"] == "cy"
    assert "benefits" not in rules["information_text"]
