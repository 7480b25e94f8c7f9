"""Hours over time through the API: months, years, given and received, and how they are shown."""

from __future__ import annotations

from tests.api.conftest import Bench


def test_months_years_and_the_whole_of_it(bench: Bench) -> None:
    found = bench.mary.get("/me/hours").json
    assert len(found["stretches"]) == 12
    last = found["stretches"][-1]
    assert last == {
        "from_on": "2026-03-01", "until_on": "2026-03-31", "given_minutes": 120,
        "used_minutes": 0, "other_minutes": 0, "closing_minutes": 120,
    }  # fmt: skip
    assert found["opening_minutes"] == 0
    assert found["together"]["sessions_minutes"] == 120
    assert found["together"]["to_pot_minutes"] == 0
    path = f"/members/{bench.mary_actor.member_id}/hours"
    assert bench.cora.get(path).json == found
    years = bench.cora.get(path, by="year").json["stretches"]
    assert [(each["from_on"], each["given_minutes"]) for each in years] == [("2026-01-01", 120)]
    assert len(bench.mary.get("/me/hours", year="2026").json["stretches"]) == 3


def test_what_is_asked_wrongly_or_by_the_wrong_person(bench: Bench) -> None:
    assert bench.mary.get("/me/hours", year="2025").status_code == 404
    for wrong in ({"year": "soon"}, {"by": "week"}):
        assert bench.mary.get("/me/hours", **wrong).status_code == 422
    others = f"/members/{bench.noor_actor.member_id}"
    days = {"from_on": "2026-01-01", "until_on": "2026-12-31"}
    assert bench.mary.get(f"{others}/hours").status_code == 403
    assert bench.mary.get("/given-and-received", **days).status_code == 403
    body = {"revision": 1, "quiet_balance": True}
    assert bench.mary.put(f"{others}/showing", body).status_code == 403


def test_the_whole_group(bench: Bench) -> None:
    days = {"from_on": "2026-01-01", "until_on": "2026-12-31"}
    found = bench.cora.get("/given-and-received", **days).json
    assert (found["sessions_minutes"], found["pot_minutes"]) == (240, 0)
    assert found["rewards_minutes"] == {}
    assert bench.cora.get("/given-and-received", from_on="2026-01-01").status_code == 422


def test_history_begins_at_a_day(bench: Bench) -> None:
    now = bench.mary.get("/me/history").json["items"]
    assert now
    day = now[0]["recorded_on"]
    assert bench.mary.get("/me/history", until=day).json["items"] == now
    assert bench.mary.get("/me/history", until="2020-01-01").json == {"items": [], "next": None}
    assert bench.mary.get("/me/history", until="soon").status_code == 422


def test_how_hours_are_shown(bench: Bench) -> None:
    revision = bench.mary.get("/me").json["member"]["revision"]
    body = {"revision": revision, "quiet_balance": True}
    assert bench.mary.put("/me/showing", body).json["revision"] == revision + 1
    assert bench.mary.put("/me/showing", body).status_code == 409
    assert bench.mary.get("/me").json["member"]["quiet_balance"] is True
    path = f"/members/{bench.mary_actor.member_id}/showing"
    back = {"revision": revision + 1, "quiet_balance": False}
    assert bench.cora.put(path, back).status_code == 200
