"""The API by hand: whose things one may read, keys, refusals, and one hour's whole life."""

from __future__ import annotations

import re

import pytest

from tests.api.conftest import Bench
from timebank.ids import new_id
from timebank.statement_formats import FORMATS
from web.access import every_rule


def _credit(bench: Bench, *member_ids: str | None, revision: int = 2) -> dict[str, object]:
    figures = {"session_minutes": 90, "travel_minutes": 30}
    lines = [{"member_id": member_id, "figures": figures} for member_id in member_ids]
    return {"revision": revision, "lines": lines}


def _new_session(bench: Bench) -> str:
    kind = bench.community.activity()
    answer = bench.cora.post(
        "/sessions",
        {"title": "Reading group", "activity_type_id": kind, "starts_on": "2026-03-01"},
    )
    assert answer.status_code == 201, answer.json
    return str(answer.json["session_id"])


def test_me_has_the_balance_in_minutes_and_in_words(bench: Bench) -> None:
    me = bench.mary.get("/me").json
    assert me["name"] == "Mary Okafor"
    assert me["roles"] == ["member"]
    assert me["member"]["id"] == bench.mary_actor.member_id
    assert me["balance"] == {
        "available_minutes": 120,
        "available_words": "2 hours",
        "held_minutes": 0,
        "held_words": "0 minutes",
    }


def test_history_says_what_happened_in_words_and_pages_backwards(bench: Bench) -> None:
    session_id = _new_session(bench)
    body = _credit(bench, bench.mary_actor.member_id, revision=1)
    assert bench.cora.post(f"/sessions/{session_id}/credit", body).status_code == 200
    newest = bench.mary.get("/me/history", limit=1).json
    assert [line["amount_minutes"] for line in newest["items"]] == [120]
    assert newest["items"][0]["balance_minutes"] == 240
    assert "Reading group on 1 March 2026" in newest["items"][0]["words"]
    older = bench.mary.get("/me/history", limit=1, after=newest["next"]).json
    assert [line["balance_minutes"] for line in older["items"]] == [120]
    assert older["next"] is None


def test_one_hours_whole_life(bench_on_both: Bench) -> None:
    bench = bench_on_both
    cora, mary = bench.cora, bench.mary
    session_id = _new_session(bench)
    credited = cora.post(
        f"/sessions/{session_id}/credit", _credit(bench, bench.mary_actor.member_id, revision=1)
    )
    assert credited.json["credited_minutes"] == 120
    reward = next(each for each in mary.get("/rewards").json["items"])
    assert reward["price_words"] == "1 hour"
    asked = mary.post("/redemptions", _request(bench))
    assert asked.status_code == 201, asked.json
    assert asked.json["balance_minutes"] == 180
    redemption_id = asked.json["redemption_id"]
    assert [each["id"] for each in cora.get("/redemptions").json["items"]] == [redemption_id]
    for step, revision in (("approve", 1), ("fulfil", 2)):
        moved = cora.post(f"/redemptions/{redemption_id}/{step}", {"revision": revision})
        assert moved.status_code == 200, moved.json
    assert mary.get(f"/redemptions/{redemption_id}").json["status"] == "fulfilled"
    undone = cora.post(
        f"/redemptions/{redemption_id}/undo-fulfilment", {"revision": 3, "words": "Fell through"}
    )
    assert undone.json["status"] == "approved"
    cancelled = mary.post(f"/redemptions/{redemption_id}/cancel", {"revision": 4})
    assert (cancelled.json["status"], cancelled.json["balance_minutes"]) == ("cancelled", 240)
    attendance = cora.get(f"/sessions/{session_id}").json["attendances"][0]
    corrected = cora.post(
        f"/attendances/{attendance['id']}/correct",
        {
            "revision": attendance["revision"],
            "capacity": "own_time",
            "figures": {"session_minutes": 60},
            "reason": "wrong_time",
        },
    )
    assert corrected.json["credited_minutes"] == 60, corrected.json
    entries = cora.get(f"/attendances/{attendance['id']}").json["entries"]
    assert [entry["credited_minutes"] for entry in entries] == [120, 60]
    assert mary.get("/me").json["balance"]["available_minutes"] == 180


def _request(bench: Bench, **more: object) -> dict[str, object]:
    return {
        "reward_id": bench.class_id,
        "reward_revision": 1,
        "member_id": bench.mary_actor.member_id,
        "information_version": 1,
    } | more


def test_a_member_reads_nothing_of_anybody_else(bench: Bench) -> None:
    """Mary's redemption, statement, history and attendance exist; Noor reaches none of them."""
    redemption_id = bench.mary.post("/redemptions", _request(bench)).json["redemption_id"]
    bench.community.clock.forward(days=40)
    assert bench.cora.post("/statements/issue", {"until_on": "2026-03-31"}).status_code == 200
    statement_id = bench.mary.get("/statements").json["items"][0]["id"]
    mary_id = bench.mary_actor.member_id
    attendance_id = bench.cora.get(f"/sessions/{bench.session_id}").json["attendances"][0]["id"]
    paths = [
        f"/redemptions/{redemption_id}",
        f"/redemptions?member_id={mary_id}",
        f"/statements/{statement_id}",
        f"/statements?member_id={mary_id}",
        f"/members/{mary_id}",
        f"/members/{mary_id}/balance",
        f"/members/{mary_id}/history",
        "/members",
        "/sessions",
        f"/sessions/{bench.session_id}",
        f"/attendances/{attendance_id}",
    ]
    for path in paths:
        assert bench.cora.get(path).status_code == 200, path
        refused = bench.noor.get(path)
        assert refused.status_code in (403, 404), path
        assert "Mary" not in refused.text
    for path in ("/me", "/me/history", "/statements", "/redemptions"):
        assert mary_id not in bench.noor.get(path).text
    cancel = bench.noor.post(f"/redemptions/{redemption_id}/cancel", {"revision": 1})
    assert cancel.status_code == 404
    ask = bench.noor.post("/redemptions", _request(bench))
    assert ask.status_code == 403


def test_every_operation_wants_a_token(bench: Bench) -> None:
    operations = [
        (method, path) for method, path, _ in every_rule(bench.app) if path.startswith("/api/v1/")
    ]
    assert len(operations) > 30
    for method, path in operations:
        path = re.sub(r"<id:\w+>", lambda _: new_id(), path)
        path = path.replace("<form:format>", next(iter(FORMATS))).replace("<int:account_seq>", "1")
        for headers in ({}, {"Authorization": "Bearer timebank_wrong"}):
            answer = bench.nobody.open(path, method=method, headers=headers, json={})
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.json["code"] == "unauthorized"


def test_the_browsers_cookie_does_not_open_the_api(bench: Bench) -> None:
    from tests.timebank.builders import PASSWORD
    from timebank import doors

    token = doors.PasswordDoor().sign_in(bench.community.database, "ada@example.org", PASSWORD)
    with bench.nobody.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    assert bench.nobody.get("/").status_code == 200  # the cookie does open the pages
    assert bench.nobody.get("/api/v1/me").status_code == 401


def test_a_revoked_token_opens_nothing(bench: Bench) -> None:
    from sqlalchemy import select

    from timebank import doors
    from timebank.models import ApiToken

    with bench.community.unit(bench.mary_actor) as unit:
        query = select(ApiToken.id).where(ApiToken.person_id == bench.mary_actor.person_id)
        doors.revoke_api_token(unit, unit.db.scalars(query).one())
    assert bench.mary.get("/me").status_code == 401


# --- keys -------------------------------------------------------------------------------------

MOVING = [
    "/amendments",
    "/attendances/{}/add-time",
    "/attendances/{}/correct",
    "/corrections/{}/agree",
    "/corrections/{}/refuse",
    "/exchanges/{}/report",
    "/exchanges/{}/undo",
    "/gifts",
    "/gifts/{}/refuse",
    "/gifts/{}/undo",
    "/group-gifts/{}/agree",
    "/groups/{}/gifts",
    "/members/{}/merge",
    "/openings",
    "/openings/{}/confirm",
    "/openings/{}/withdraw",
    "/pot-grants",
    "/pot-grants/{}/decide",
    "/redemptions",
    "/redemptions/{}/approve",
    "/redemptions/{}/cancel",
    "/redemptions/{}/decline",
    "/redemptions/{}/fulfil",
    "/redemptions/{}/undo-fulfilment",
    "/sessions/{}/credit",
    "/sessions/{}/undo",
    "/statements/issue",
    "/time-sent/{}/confirm",
]


def test_the_document_asks_for_a_key_exactly_where_hours_move(bench: Bench) -> None:
    document = bench.nobody.get("/api/openapi.json").json
    keyed = set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if isinstance(operation, dict) and any(
                each["in"] == "header" and each["required"]
                for each in operation.get("parameters", [])
            ):
                keyed.add(path)
    assert {re.sub(r"{\w+}", "{}", path.removeprefix("/api/v1")) for path in keyed} == set(MOVING)


def test_without_a_key_no_hours_move(bench: Bench) -> None:
    answer = bench.mary.post("/redemptions", _request(bench), key=None)
    assert answer.status_code == 400
    assert answer.json["code"] == "key_missing"
    assert "Idempotency-Key" in answer.json["message"]
    assert list(answer.json["errors"]) == ["Idempotency-Key"]
    assert bench.mary.get("/me").json["balance"]["held_minutes"] == 0


def test_the_same_key_and_content_get_the_same_answer_and_move_hours_once(bench: Bench) -> None:
    first = bench.mary.post("/redemptions", _request(bench), key="mary-asks-once")
    again = bench.mary.post("/redemptions", _request(bench), key="mary-asks-once")
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert bench.mary.get("/me").json["balance"]["held_minutes"] == 60


def test_the_same_key_with_other_content_or_from_another_person_is_a_conflict(
    bench: Bench,
) -> None:
    assert bench.mary.post("/redemptions", _request(bench), key="one-key-only").status_code == 201
    other = bench.mary.post("/redemptions", _request(bench, how="phone"), key="one-key-only")
    assert (other.status_code, other.json["code"]) == (409, "key_used")
    for_mary = bench.cora.post("/redemptions", _request(bench), key="one-key-only")
    assert (for_mary.status_code, for_mary.json["code"]) == (409, "key_used")


@pytest.mark.parametrize("key", ["short", "with a space in it", "x" * 101, "naïve-key-here"])
def test_a_key_that_cannot_be_one_is_refused_in_words(bench: Bench, key: str) -> None:
    answer = bench.mary.post("/redemptions", _request(bench), key=key)
    assert (answer.status_code, answer.json["code"]) == (422, "key_wrong")
    assert list(answer.json["errors"]) == ["Idempotency-Key"]


def test_a_replay_after_everything_changed_still_gets_the_first_answer(bench: Bench) -> None:
    asked = bench.mary.post("/redemptions", _request(bench), key="first-answer-kept")
    cancel = f"/redemptions/{asked.json['redemption_id']}/cancel"
    assert bench.mary.post(cancel, {"revision": 1}).status_code == 200
    again = bench.mary.post("/redemptions", _request(bench), key="first-answer-kept")
    assert again.json == asked.json


# --- refusals ---------------------------------------------------------------------------------


def test_what_cannot_be_read_is_said_field_by_field(bench: Bench) -> None:
    body = _credit(bench, bench.mary_actor.member_id)
    body["lines"][0]["figures"] = {"session_minutes": 1.5, "travel_minutes": True}
    body["colour"] = "green"
    answer = bench.cora.post(f"/sessions/{bench.session_id}/credit", body)
    assert (answer.status_code, answer.json["code"]) == (422, "input_wrong")
    assert answer.json["errors"] == {
        "lines.0.figures.session_minutes": ["Enter the time in whole minutes."],
        "lines.0.figures.travel_minutes": ["Enter the time in whole minutes."],
        "colour": ["There is no field of this name here."],
    }


@pytest.mark.parametrize("name", ["rate", "multiplier", "weight", "factor"])
def test_nobodys_hour_can_be_weighed(bench: Bench, name: str) -> None:
    body = _credit(bench, bench.mary_actor.member_id)
    body["lines"][0][name] = 2
    answer = bench.cora.post(f"/sessions/{bench.session_id}/credit", body)
    assert answer.status_code == 422
    assert "Every hour counts the same" in answer.json["errors"][f"lines.0.{name}"][0]


def test_a_rule_of_the_domain_stands_at_its_line(bench: Bench) -> None:
    session_id = _new_session(bench)
    body = _credit(bench, bench.mary_actor.member_id, new_id(), revision=1)
    answer = bench.cora.post(f"/sessions/{session_id}/credit", body)
    assert answer.status_code in (404, 422), answer.json
    assert [place for place in answer.json["errors"] if place.startswith("lines.1")]
    assert bench.mary.get("/me").json["balance"]["available_minutes"] == 120


def test_nobody_credits_themselves(bench: Bench) -> None:
    session_id = _new_session(bench)
    body = _credit(bench, bench.cora_actor.member_id, bench.mary_actor.member_id, revision=1)
    before = bench.cora.get("/me").json["balance"]
    answer = bench.cora.post(f"/sessions/{session_id}/credit", body)
    assert (answer.status_code, answer.json["waiting"]) == (200, 1)
    assert answer.json["credited"] == 1
    assert bench.cora.get("/me").json["balance"] == before


def test_a_stale_copy_is_a_conflict(bench: Bench) -> None:
    body = _credit(bench, bench.cora_actor.member_id, revision=1)
    answer = bench.admin.post(f"/sessions/{bench.session_id}/credit", body)
    assert (answer.status_code, answer.json["code"]) == (409, "session_changed")


def test_a_planned_session_is_changed_and_cancelled(bench: Bench) -> None:
    path = f"/sessions/{_new_session(bench)}"
    found = bench.cora.get(path).json
    body = _changeable(bench, "/api/v1/sessions/{session_id}", found) | {"place": "Hall"}
    assert bench.cora.put(path, body).json["revision"] == 2
    assert bench.cora.get(path).json["place"] == "Hall"
    stale = bench.cora.put(path, body)
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")
    assert bench.mary.put(path, body).status_code == 403
    cancelled = bench.cora.post(f"{path}/cancel", {"revision": 2}).json
    assert (cancelled["status"], cancelled["revision"]) == ("cancelled", 3)
    listed = bench.cora.get("/sessions", status="cancelled").json["items"]
    assert [each["status"] for each in listed] == ["cancelled"]
    credit = bench.cora.post(
        f"{path}/credit", _credit(bench, bench.mary_actor.member_id, revision=3)
    )
    assert (credit.status_code, credit.json["code"]) == (422, "session_cancelled")


def test_too_few_hours_says_what_can_be_used(bench: Bench) -> None:
    dear = bench.cora.post(
        "/rewards", {"kind": "training", "title": "First aid course", "price_minutes": 600}
    )
    body = _request(bench, reward_id=dear.json["reward_id"])
    answer = bench.mary.post("/redemptions", body)
    assert (answer.status_code, answer.json["code"]) == (422, "hours_insufficient")
    assert "2 hours" in answer.json["message"]
    assert "10 hours" in answer.json["message"]


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"revision": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"revision=1", "application/x-www-form-urlencoded", 415),
        (b"", "application/json", 422),
    ],
)
def test_bodies_that_are_none(bench: Bench, data: bytes, content_type: str, status: int) -> None:
    answer = bench.cora.ask(
        "POST",
        f"/sessions/{bench.session_id}/credit",
        data=data,
        content_type=content_type,
        headers={"Idempotency-Key": "some-key-1"},
    )
    assert answer.status_code == status, answer.text
    assert set(answer.json) == {"code", "message", "errors"}


def test_addresses_that_do_not_exist_and_methods_that_do_not(bench: Bench) -> None:
    for path in ("/nothing", "/members/123", f"/members/{new_id().upper()}"):
        answer = bench.admin.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    answer = bench.admin.ask("DELETE", f"/rewards/{bench.class_id}")
    assert answer.status_code == 405
    assert {"GET", "PUT"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


# --- the rest ---------------------------------------------------------------------------------


def test_lists_come_in_pages_that_meet(bench: Bench) -> None:
    names, after = [], ""
    while after is not None:
        found = bench.cora.get("/members", limit=2, after=after).json
        assert len(found["items"]) <= 2
        names += [member["name"] for member in found["items"]]
        after = found["next"]
    assert names == ["Ada Marsh", "Cora Finch", "Mary Okafor", "Noor Aziz"]
    assert [m["name"] for m in bench.cora.get("/members", search="oka").json["items"]] == [
        "Mary Okafor"
    ]
    assert bench.cora.get("/members", limit=101).status_code == 422
    assert bench.cora.get("/members", after="tomorrow").status_code == 422
    assert list(bench.cora.get("/members", serach="oka").json["errors"]) == ["serach"]


def test_a_statement_is_read_as_issued(bench: Bench) -> None:
    import hashlib

    bench.community.clock.forward(days=40)
    issued = bench.cora.post("/statements/issue", {"until_on": "2026-03-31"})
    assert issued.json == {"count": 4}
    assert bench.cora.post("/statements/issue", {"until_on": "2026-03-31"}).json == {"count": 0}
    listed = bench.mary.get("/statements").json["items"]
    assert [each["closing_minutes"] for each in listed] == [120]
    found = bench.mary.get(f"/statements/{listed[0]['id']}").json
    digest = hashlib.sha256(found["content_text"].encode()).hexdigest()
    assert digest == found["content_sha256"]
    assert found["content"]["lines"][0]["amount_minutes"] == 120
    early = bench.cora.post("/statements/issue", {"until_on": "2026-04-30"})
    assert (early.status_code, early.json["code"]) == (422, "period_not_ended")


def test_members_are_added_changed_and_choose(bench: Bench) -> None:
    added = bench.cora.post("/members", {"name": "Olu  Ade", "email": "Olu@Example.org"})
    assert added.status_code == 201
    path = f"/members/{added.json['member_id']}"
    member = bench.cora.get(path).json
    assert (member["email"], member["choice"]) == ("olu@example.org", "accept")
    changed = {
        "revision": member["revision"],
        "name": "Olu Ade",
        "email": None,
        "phone": "020 7946 0002",
        "statement_by": "paper",
    }
    assert bench.cora.put(path, changed).status_code == 200
    assert bench.cora.get(path).json["phone"] == "020 7946 0002"
    stale = bench.cora.put(path, changed | {"phone": "1"})
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")
    without = {name: value for name, value in changed.items() if name != "revision"}
    assert list(bench.cora.put(path, without).json["errors"]) == ["revision"]
    choices = {"revision": 1, "choice": "pot", "no_money_rewards": True, "statement_by": "paper"}
    assert bench.cora.put(f"{path}/choices", choices).status_code == 409
    assert bench.cora.put(f"{path}/choices", choices | {"revision": 2}).status_code == 200
    assert bench.cora.get(path).json["choice"] == "pot"
    assert bench.mary.put("/me/choices", choices).status_code == 200
    assert bench.mary.get("/me").json["member"]["no_money_rewards"] is True
    with_id = {**choices, "member_id": bench.noor_actor.member_id}
    assert bench.mary.put("/me/choices", with_id).json["errors"]["member_id"]
    taken = bench.cora.post("/members", {"name": "Another", "email": "mary@example.org"})
    assert (taken.status_code, taken.json["code"]) == (409, "email_taken")
    assert list(taken.json["errors"]) == ["email"]


def test_the_rules_and_their_information_text(bench: Bench) -> None:
    rules = bench.mary.get("/policy").json
    assert (rules["version"], rules["money_rewards"]) == (1, False)
    assert "not yet been reviewed" in rules["information_text"]
    new = {"follows_version": 1, "rounding": "up_15", "money_rewards": True}
    refused = bench.admin.post("/policy", new)
    assert (refused.status_code, refused.json["code"]) == (422, "several_problems")
    assert set(refused.json["errors"]) == {
        "advice_contact", "information_reviewed_by", "information_reviewed_on",
    }  # fmt: skip
    reviewed = {
        "advice_contact": "Riverside Advice",
        "information_reviewed_by": "Riverside Advice",
        "information_reviewed_on": "2026-03-01",
    }
    assert bench.admin.post("/policy", new | reviewed).json == {"version": 2}
    stale = bench.admin.post("/policy", new | reviewed)
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")
    assert bench.mary.post("/policy", new | reviewed).status_code == 403
    assert bench.mary.get("/community").json["name"] == "Riverside Time Bank"


def test_the_list_of_operations_for_people(bench: Bench) -> None:
    page = bench.nobody.get("/api/")
    assert page.status_code == 200
    document = bench.nobody.get("/api/openapi.json").json
    assert document["openapi"] == "3.1.0"
    for path in document["paths"]:
        assert path in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text


def test_the_books_are_proved_and_compared_with_a_head_noted_before(bench: Bench) -> None:
    first = bench.admin.get("/books/verify").json
    assert (first["proved"], first["findings"]) == (True, [])
    assert bench.mary.post("/redemptions", _request(bench)).status_code == 201
    later = bench.admin.get("/books/verify", against=first["head"]).json
    assert (later["proved"], later["transactions"]) == (True, first["transactions"] + 1)
    seq = first["head"].partition(":")[0]
    forged = bench.admin.get("/books/verify", against=f"{seq}:{'0' * 64}").json
    assert forged["proved"] is False
    assert forged["findings"][0]["message"]
    assert bench.admin.get("/books/verify", against="yesterday").status_code == 422
    assert bench.cora.get("/books/verify").status_code == 403
    assert bench.mary.get("/books/verify").status_code == 403


def test_answers_about_people_are_kept_nowhere(bench: Bench) -> None:
    assert "no-store" in bench.mary.get("/me").headers["Cache-Control"]


def _changeable(bench: Bench, path: str, found: dict[str, object]) -> dict[str, object]:
    """What was read at `path`, without what its PUT does not take."""
    document = bench.nobody.get("/api/openapi.json").json
    body = document["paths"][path]["put"]["requestBody"]["content"]["application/json"]["schema"]
    name = body["$ref"].rpartition("/")[2]
    takes = document["components"]["schemas"][name]["properties"]
    assert set(takes) <= set(found), "a PUT of what was read would empty a field"
    return {name: value for name, value in found.items() if name in takes}


def test_putting_back_what_was_read_changes_nothing(bench: Bench) -> None:
    noor = bench.noor_actor.person_id
    bench.cora.post(
        "/rewards",
        {"kind": "class", "title": "Yoga", "price_minutes": 60, "cost_pence": 900, "places": 5},
    )
    found = next(r for r in bench.cora.get("/rewards").json["items"] if r["title"] == "Yoga")
    reward_id = found["id"]
    assert found["cost_pence"] == 900
    assert bench.mary.get(f"/rewards/{reward_id}").json["cost_pence"] is None
    group = bench.admin.get("/community").json
    with_approver = _changeable(bench, "/api/v1/community", group) | {"second_approver_id": noor}
    assert bench.admin.put("/community", with_approver).status_code == 200
    stale = bench.admin.put("/community", with_approver)
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")
    assert bench.mary.get("/community").json["second_approver_id"] is None
    paths = {
        "/rewards/{reward_id}": f"/rewards/{reward_id}",
        "/members/{member_id}": f"/members/{bench.mary_actor.member_id}",
        "/community": "/community",
    }
    for pattern, path in paths.items():
        before = bench.admin.get(path).json
        body = _changeable(bench, f"/api/v1{pattern}", before)
        assert bench.admin.put(path, body).status_code == 200, path
        after = bench.admin.get(path).json
        assert {**after, "revision": 0} == {**before, "revision": 0}


@pytest.mark.parametrize("code", FORMATS)
def test_a_statement_in_every_form(bench: Bench, code: str) -> None:
    bench.community.clock.forward(days=40)
    assert bench.cora.post("/statements/issue", {"until_on": "2026-03-31"}).status_code == 200
    statement_id = bench.mary.get("/statements").json["items"][0]["id"]
    path = f"/statements/{statement_id}/formats/{code}"
    answer = bench.mary.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == FORMATS[code].content_type
    assert FORMATS[code].ending in answer.headers["Content-Disposition"]
    assert bench.cora.get(path).data == answer.data
    assert bench.noor.get(path).status_code == 404
    assert bench.mary.get(path, money_values="perhaps").status_code == 422
    unknown = bench.mary.get(f"/statements/{statement_id}/formats/{code}-x")
    assert unknown.status_code == 404
    assert set(unknown.json) == {"code", "message", "errors"}
