"""Projects, sheets, signing up and arriving, for programs."""

from __future__ import annotations

from tests.api.conftest import Bench
from tests.timebank.test_coming import LATER, SHEET
from timebank import coming


def _planned(bench: Bench, **more: object) -> str:
    body = {
        "title": "Reading panel", "activity_type_id": bench.community.activity(),
        "starts_on": LATER.isoformat(), "starts_at_time": "10:30", "ends_at_time": "12:00",
        "place": "Library", "places": 1, **more,
    }  # fmt: skip
    return str(bench.cora.post("/sessions", body).json["session_id"])


def test_from_a_project_to_somebody_who_arrived(bench: Bench) -> None:
    project = bench.cora.post(
        "/projects",
        {
            "title": "Leaving hospital", "purpose": "A leaflet", "on_behalf_of": "The hospital",
            "capacities": ["carer"],
        },
    ).json["project_id"]  # fmt: skip
    session_id = _planned(bench, project_id=project)
    assert bench.cora.get(f"/sessions/{session_id}").json["usual_minutes"] == 90
    sheet = f"/sessions/{session_id}/sheet"
    assert bench.mary.get(f"/opportunities/{session_id}").status_code == 404
    draft = bench.cora.put(sheet, {"revision": 0, **SHEET, "access": ""}).json
    assert draft == {"session_id": session_id, "revision": 1, "published": False}
    blank = bench.cora.post(f"{sheet}/publish", {"revision": 1})
    assert (blank.status_code, blank.json["code"]) == (422, "sheet_blank")
    assert list(blank.json["errors"]) == ["access"]
    assert bench.cora.put(sheet, {"revision": 1, **SHEET}).json["revision"] == 2
    assert bench.cora.post(f"{sheet}/publish", {"revision": 2}).json["published"] is True
    [on] = bench.mary.get("/opportunities").json["items"]
    assert (on["title"], on["places_left"], on["usual_total_minutes"]) == ("Reading panel", 1, 90)
    assert "record of time" in on["information_text"]

    path = f"/opportunities/{session_id}"
    mary, noor = bench.mary_actor.member_id, bench.noor_actor.member_id
    joined = bench.mary.post(f"{path}/join", {"member_id": mary, "capacity": "carer"})
    assert joined.json["status"] == "coming"
    assert bench.mary.post(f"{path}/join", {"member_id": noor}).status_code == 403
    assert bench.cora.post(f"{path}/join", {"member_id": noor}).json["status"] == "waiting"
    assert bench.mary.get(path).json["mine"] == "coming"
    assert bench.mary.get(f"/sessions/{session_id}/coming").status_code == 403
    assert bench.mary.post(f"{path}/leave", {"member_id": mary}).json["status"] == "withdrawn"
    listed = bench.cora.get(f"/sessions/{session_id}/coming").json["items"]
    assert {each["member_name"]: each["status"] for each in listed} == {
        "Mary Okafor": "withdrawn",
        "Noor Aziz": "coming",
    }
    early = bench.cora.post(f"/sessions/{session_id}/arrivals", {"member_id": noor})
    assert (early.status_code, early.json["code"]) == (422, "session_not_begun")
    bench.community.clock.forward(days=18)
    codes = f"/sessions/{session_id}/arrivals/codes"
    noted = bench.cora.post(codes, {"codes": listed[1]["code"]}).json
    assert (noted["new"], noted["before"]) == (1, 0)
    assert bench.community.read(coming.expected, session_id) == {noor}


def test_the_same_key_signs_up_once(bench: Bench) -> None:
    session_id = _planned(bench)
    body = {"member_id": bench.mary_actor.member_id}
    first, again = (
        bench.cora.post(f"/opportunities/{session_id}/join", body, key="one-click-twice")
        for _ in range(2)
    )
    assert first.json == again.json
    other = bench.cora.post(f"/opportunities/{session_id}/join", body)
    assert (other.status_code, other.json["code"]) == (409, "signed_up_already")


def test_a_session_is_repeated(bench: Bench) -> None:
    session_id = _planned(bench)
    made = bench.cora.post(
        f"/sessions/{session_id}/repeat",
        {"revision": 1, "every": "week", "times": 3, "leave_out": ["2026-04-03"]},
    )
    assert (made.status_code, made.json["count"]) == (201, 2)
    days = [
        each["starts_on"] for each in bench.cora.get("/sessions", status="planned").json["items"]
    ]
    assert days == ["2026-04-10", "2026-03-27", "2026-03-20"]
    wrong = bench.cora.post(
        f"/sessions/{session_id}/repeat", {"revision": 1, "every": "daily", "times": 0}
    )
    assert sorted(wrong.json["errors"]) == ["every", "times"]


def test_a_time_that_the_clocks_leave_out_is_named(bench: Bench) -> None:
    body = {
        "title": "Night walk", "activity_type_id": bench.community.activity(),
        "starts_on": "2026-03-29", "starts_at_time": "01:30",
    }  # fmt: skip
    refused = bench.cora.post("/sessions", body)
    assert (refused.status_code, refused.json["code"]) == (422, "time_skipped")
    assert "29 March 2026" in refused.json["message"]
