"""Looking after people, for programs: the same rules and words as on the pages."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Bench
from timebank import sessions


def _made(answer: Any, status: int = 201) -> Any:
    assert answer.status_code == status, answer.json
    return answer.json


def test_from_asking_to_join_to_leaving(bench: Bench) -> None:
    cora = bench.cora
    asks = {"name": "Nia Okoro", "phone": "01632 960009", "came_by": "phone", "adult": True}
    application_id = _made(cora.post("/applications", asks))["application_id"]
    (asked,) = cora.get("/applications").json["items"]
    assert (asked["name"], asked["status"]) == ("Nia Okoro", "open")
    admit = f"/applications/{application_id}/admit"
    refused = cora.post(admit, {"revision": 1})
    assert (refused.status_code, refused.json["code"]) == (422, "conversation_missing")
    person = f"/people/{asked['person_id']}"
    today = sessions_day(bench)
    _made(cora.post(f"{person}/conversations", {"held_on": today, "how": "phone"}))
    _made(cora.post(f"{person}/steps", {"step": "conduct", "done_on": today}))
    member_id = _made(cora.post(admit, {"revision": 1}))["member_id"]
    paused = _made(cora.post(f"/members/{member_id}/pause", {"revision": 1}), 200)
    assert paused["status"] == "paused"
    again = cora.post(f"/members/{member_id}/pause", {"revision": 1})
    assert (again.status_code, again.json["code"]) == (409, "changed_meanwhile")
    back = _made(cora.post(f"/members/{member_id}/resume", {"revision": 2}), 200)
    silent = {"revision": back["revision"], "reason": "not_reached"}
    refused = cora.post(f"/members/{member_id}/end", silent)
    assert (refused.status_code, refused.json["code"]) == (422, "ways_missing")
    for channel in ("phone", "post", "visit"):
        tried = {"channel": channel, "outcome": "no_answer", "tried_on": today}
        _made(cora.post(f"/members/{member_id}/contact-attempts", tried))
    assert _made(cora.post(f"/members/{member_id}/end", silent), 200)["status"] == "left"


def sessions_day(bench: Bench) -> str:
    """The community's day of today, as the API takes it."""
    return str(bench.community.read(lambda unit: unit.today))


def test_a_partner_and_its_group(bench: Bench) -> None:
    cora = bench.cora
    partner = _made(cora.post("/organisations", {"name": "The Old Mill"}))
    mill = partner["organisation_id"]
    anna = bench.community.member("Anna Bell")
    bench.community.credit(bench.community.session(), [anna.member_id])
    link = f"/members/{anna.member_id}/organisations"
    _made(cora.post(link, {"organisation_id": mill}), 200)
    _made(cora.post(f"{link}/end", {"organisation_id": mill}), 200)
    named = cora.put(f"/organisations/{mill}", {"revision": 1, "name": "The Mill", "contact": ""})
    assert named.json["revision"] == 2
    assert [each["name"] for each in cora.get("/organisations").json["items"]] == ["The Mill"]
    group = _made(cora.post("/groups", {"name": "Walkers", "organisation_id": mill}))["group_id"]
    give = {"member_id": anna.member_id, "to_group": True, "minutes": 45}
    assert _made(cora.post(f"/groups/{group}/gifts", give))["status"] == "given"
    (found,) = cora.get("/groups").json["items"]
    assert (found["balance_minutes"], found["organisation_id"]) == (45, mill)
    (gift,) = cora.get(f"/groups/{group}/gifts").json["items"]
    assert (gift["minutes"], gift["to_group"]) == (45, True)
    refused = cora.post(f"/groups/{group}/close", {"revision": 1})
    assert (refused.status_code, refused.json["code"]) == (422, "group_has_hours")
    ended = _made(cora.post(f"/organisations/{mill}/end", {"revision": 2}), 200)
    assert ended["revision"] == 3


def test_two_numbers_become_one_once(bench: Bench) -> None:
    old, kept = (bench.community.member("Ivy Lane") for _ in range(2))
    bench.community.credit(bench.community.session(minutes=30), [old.member_id], minutes=30)
    body = {"old_revision": 1, "kept_member_id": kept.member_id, "kept_revision": 1}
    path = f"/members/{old.member_id}/merge"
    made = [bench.cora.post(path, body, key="merge-of-ivy").json for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["moved_minutes"], made[0]["balance_minutes"]) == (30, 30)
    refused = bench.cora.post(path, body)
    assert (refused.status_code, refused.json["code"]) == (422, "member_merged")
    assert bench.community.read(sessions.sessions)
