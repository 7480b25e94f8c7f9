"""When statements come, for programs: the same rules and words as on the pages."""

from __future__ import annotations

from tests.api.conftest import Bench


def test_the_groups_schedule_and_a_stale_one(bench: Bench) -> None:
    now = bench.cora.get("/statements/schedule").json
    assert (now["id"], now["words"], now["paused"]) == (0, "Every month, up to the last day", False)
    wanted = {"follows_id": 0, "frequency": "quarterly", "day": 30, "year_month": 3}
    made = bench.cora.post("/statements/schedule", wanted)
    assert made.status_code == 201
    later = bench.cora.get("/statements/schedule").json
    assert (later["id"], later["frequency"], later["day"]) == (
        made.json["schedule_id"], "quarterly", 31,
    )  # fmt: skip
    stale = bench.cora.post("/statements/schedule", wanted)
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")
    assert bench.mary.get("/statements/schedule").status_code == 403


def test_ones_own_and_a_members(bench: Bench) -> None:
    own = bench.mary.get("/me/schedule").json
    assert (own["choice"], own["frequency"]) == ("group", "monthly")
    chosen = {"revision": own["revision"], "frequency": "yearly", "day": 15}
    assert bench.mary.put("/me/schedule", chosen).status_code == 200
    path = f"/members/{own['member_id']}/schedule"
    found = bench.cora.get(path).json
    assert (found["choice"], found["day"], found["revision"]) == ("yearly", 15, own["revision"] + 1)
    wrong = bench.cora.put(path, {"revision": found["revision"], "frequency": "x", "day": 0})
    assert wrong.status_code == 422
    assert set(wrong.json["errors"]) == {"frequency", "day"}
    assert bench.noor.get(path).status_code == 403
    stale = bench.cora.put(path, {**chosen, "frequency": "none"})
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")


def test_paused_asked_for_and_foreseen(bench: Bench) -> None:
    mary = bench.mary_actor.member_id
    assert bench.cora.post("/statements/pause", {"member_id": mary}).json == {"paused": True}
    assert bench.cora.get(f"/members/{mary}/schedule").json["paused"] is True
    bench.community.clock.forward(days=40)
    foreseen = bench.cora.get("/statements/due").json["items"]
    assert foreseen
    assert mary not in {each["member_id"] for each in foreseen}
    assert bench.cora.post("/statements/resume", {"member_id": mary}).json == {"paused": False}
    page = bench.cora.get("/statements/due?limit=1").json
    assert page["next"] == "1"
    far = bench.cora.get("/statements/due?until_on=2028-06-01")
    assert (far.status_code, far.json["code"]) == (422, "day_too_far")
    made = bench.mary.post("/statements/request", {}).json
    again = bench.cora.post("/statements/request", {"member_id": mary}).json
    assert made == again
    content = bench.mary.get(f"/statements/{made['statement_id']}").json["content"]
    assert content["holder"]["kind"] == "member"
    assert bench.noor.post("/statements/request", {"member_id": mary}).status_code == 403
    assert bench.mary.post("/statements/pause", {}).status_code == 403
