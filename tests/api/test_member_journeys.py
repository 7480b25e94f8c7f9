"""A member's journeys once more as calls of the API, on both engines; and that nothing is left out.

The same bullets as `tests/browser/journeys`, as far as they are commands: signing in is for people,
a program has its token.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

import web.api
import web.schemas
from tests.api.conftest import Bench, Door
from timebank import audit, groups, rewards
from web.schemas import CommandSchema


def minutes(door: Door) -> int:
    """What whoever comes through this door can use."""
    return int(door.get("/me").json["balance"]["available_minutes"])


def done(answer: Any, status: int = 200) -> Any:
    """The body of an answer that is what it should be."""
    assert answer.status_code == status, answer.json
    return answer.json


def ask(bench: Bench, door: Door, reward_id: str, **more: Any) -> Any:
    """Ask for a reward for Mary, or for whom ``more`` names."""
    body = {
        "reward_id": reward_id,
        "reward_revision": 1,
        "member_id": bench.mary_actor.member_id,
        "information_version": 1,
    }
    return door.post("/redemptions", body | more)


def test_hours_and_every_line_of_them(bench_on_both: Bench) -> None:
    mary = bench_on_both.mary
    balance = done(mary.get("/me"))["balance"]
    assert (balance["available_words"], balance["held_minutes"]) == ("2 hours", 0)
    (line,) = done(mary.get("/me/history"))["items"]
    opened = done(mary.get(f"/me/postings/{line['account_seq']}"))
    assert sum(opened["parts"].values()) == opened["amount_minutes"] == 120
    assert opened["policy_version"] == 1
    assert opened["recorded_by"]


def test_a_query_to_its_end(bench_on_both: Bench) -> None:
    bench = bench_on_both
    body = {
        "member_id": bench.mary_actor.member_id, "subject": "posting", "account_seq": 1,
        "words": "I left at three.",
    }  # fmt: skip
    path = f"/queries/{done(bench.mary.post('/queries', body), 201)['query_id']}"
    assert bench.noor.get(path).status_code == 404
    decision = {"revision": 1, "outcome": "explained", "words": "The list at the door says four."}
    own = bench.admin.post(f"{path}/resolve", decision)  # who recorded it
    assert own.status_code == 403, own.json
    assert done(bench.cora.post(f"{path}/resolve", decision))["status"] == "resolved"
    appealed = done(bench.mary.post(f"{path}/appeal", {"revision": 2, "words": "Look again."}))
    again = bench.cora.post(f"{path}/resolve", decision | {"revision": appealed["revision"]})
    assert again.status_code == 403  # she decided it before
    settled = bench.mary.post(f"{path}/settle", {"revision": appealed["revision"]})
    assert done(settled)["status"] == "closed"
    assert len(done(bench.mary.get(path))["messages"]) == 4


def test_hours_are_used_and_come_back_to_the_minute(bench_on_both: Bench) -> None:
    bench = bench_on_both
    shown = done(bench.mary.get("/rewards", most_minutes=60, no_money="yes", near="pottery"))
    (reward,) = shown["items"]
    asked = done(ask(bench, bench.mary, reward["id"]), 201)
    assert minutes(bench.mary) == 60
    path = f"/redemptions/{asked['redemption_id']}"
    kept = done(bench.mary.get(path))
    assert (kept["status"], kept["reference"]) == ("requested", asked["reference"])
    done(bench.mary.post(f"{path}/cancel", {"revision": kept["revision"]}))
    assert minutes(bench.mary) == 120


def test_a_waiting_list_holds_nothing_and_is_offered_in_turn(bench_on_both: Bench) -> None:
    bench = bench_on_both
    one = rewards.AddReward(kind="class", title="Bread", price_minutes=60, places=1)
    reward_id = bench.community.do(rewards.add_reward, one).reward_id
    noors = {"member_id": bench.noor_actor.member_id}
    taken = done(ask(bench, bench.noor, reward_id, **noors), 201)
    late = ask(bench, bench.mary, reward_id)
    assert (late.status_code, late.json["code"]) == (409, "places_gone")
    wait = {"member_id": bench.mary_actor.member_id}
    waits = done(bench.mary.post(f"/rewards/{reward_id}/wait", wait), 201)
    assert (waits["status"], waits["ahead"], minutes(bench.mary)) == ("waiting", 0, 120)
    done(bench.noor.post(f"/redemptions/{taken['redemption_id']}/cancel", {"revision": 1}))
    back = ask(bench, bench.noor, reward_id, **noors)
    assert (back.status_code, back.json["code"]) == (409, "places_gone")  # it is kept for Mary
    done(ask(bench, bench.mary, reward_id), 201)
    assert (minutes(bench.mary), minutes(bench.noor)) == (60, 120)


def test_hours_are_given_and_refused(bench_on_both: Bench) -> None:
    bench = bench_on_both
    gift = {"member_id": bench.mary_actor.member_id, "given_minutes": 50}
    to_noor = gift | {"to_member_id": bench.noor_actor.member_id}
    given = done(bench.mary.post("/gifts", to_noor), 201)
    assert (minutes(bench.mary), minutes(bench.noor)) == (70, 170)
    path = f"/gifts/{given['gift_id']}"
    assert bench.mary.post(f"{path}/refuse", {"revision": 1}).status_code in (403, 404)
    assert done(bench.noor.post(f"{path}/refuse", {"revision": 1}))["status"] == "refused"
    assert (minutes(bench.mary), minutes(bench.noor)) == (120, 120)
    done(bench.mary.post("/gifts", gift), 201)  # to the pot
    assert done(bench.mary.get("/pot"))["pot_minutes"] == 50
    made = bench.community.do(groups.add_group, groups.AddGroup(name="Walking group"))
    (open_one,) = done(bench.mary.get("/groups/open"))["items"]
    assert open_one == {"id": made.group_id, "name": "Walking group"}
    own = {"member_id": bench.mary_actor.member_id, "to_group": True, "minutes": 20}
    to_group = f"/groups/{made.group_id}/gifts"
    assert done(bench.mary.post(to_group, own), 201)["status"] == "given"
    assert minutes(bench.mary) == 50
    for wrong in ({"to_group": False}, {"member_id": bench.noor_actor.member_id}):
        assert bench.mary.post(to_group, own | wrong).status_code == 403
    assert done(bench.admin.get("/books/verify"))["findings"] == []


def test_an_exchange_that_both_confirm(bench_on_both: Bench) -> None:
    bench = bench_on_both
    noor_id = bench.noor_actor.member_id
    entry = {"shown": True, "show_phone": False, "show_email": False}
    done(bench.noor.put(f"/members/{noor_id}/directory-entry", entry))
    offer = {"kind": "offer", "title_words": "Help in the garden"}
    listed = done(bench.noor.post(f"/members/{noor_id}/listings", offer), 201)
    body = {"member_id": bench.mary_actor.member_id, "words": "On a Tuesday?"}
    asked = done(bench.mary.post(f"/listings/{listed['listing_id']}/ask", body), 201)
    path = f"/exchanges/{asked['exchange_id']}"
    moved = done(bench.noor.post(f"{path}/answer", {"revision": 1, "agree": True}))
    today = bench.community.clock().date().isoformat()
    for door, took in ((bench.mary, 60), (bench.noor, 90), (bench.mary, 90)):
        assert (minutes(bench.mary), minutes(bench.noor)) == (120, 120)
        own_id = bench.mary_actor.member_id if door is bench.mary else noor_id
        said = {
            "revision": moved["revision"], "member_id": own_id, "minutes": took, "done_on": today
        }  # fmt: skip
        moved = done(door.post(f"{path}/report", said))
    assert (moved["status"], minutes(bench.mary), minutes(bench.noor)) == ("done", 30, 210)


def test_choices_with_their_history_and_a_language(bench_on_both: Bench) -> None:
    mary = bench_on_both.mary
    revision = done(mary.get("/me"))["member"]["revision"]
    chosen = {
        "revision": revision, "choice": "pot", "no_money_rewards": True, "statement_by": "paper"
    }  # fmt: skip
    done(mary.put("/me/choices", chosen))
    first = done(mary.get("/me/choices/history"))["items"]
    assert {"hours", "no_money"} <= {each["topic"] for each in first}
    refused = mary.put("/me/language", {"language": "zz"})
    assert (refused.status_code, refused.json["code"]) == (422, "language_off")
    done(mary.put("/me/language", {"language": "en"}))


def test_on_behalf_by_telephone(bench_on_both: Bench) -> None:
    """Both are named: whose it is, and who asked for it and how."""
    bench = bench_on_both
    refused = ask(bench, bench.cora, bench.class_id, how="online")
    assert (refused.status_code, refused.json["code"]) == (422, "how_online_for_somebody")
    asked = done(ask(bench, bench.cora, bench.class_id, how="phone"), 201)
    found = done(bench.cora.get(f"/redemptions/{asked['redemption_id']}"))
    assert found["member_id"] == bench.mary_actor.member_id
    assert (found["requested_by"], found["how"]) == (bench.cora_actor.person_id, "phone")
    assert minutes(bench.mary) == 60
    assert bench.community.read(audit.verify).findings == ()


# --- nothing is left out ------------------------------------------------------------------------

# What pages do and the API does not, and why not.
PAGES_ALONE = {
    "the door itself, or what opens it: for people, not for programs": {
        "IssueCard", "IssueTrustedCard", "StopCard", "RemovePasskey", "StopPasskeys",
        "InvitePerson", "SetUp",
    },
    "done once in a life, after reading what it means": {"LeaveGroup", "ErasePerson"},
    "an address that is secret; a program has its token": {"MakeFeed", "StopFeed"},
    "the other half of a page that prints or shows a square": {
        "PrintStatement", "OpenCheckIn", "CloseCheckIn",
    },
    "for somebody who holds the paper and has no account": {"CheckStatement", "CheckCertificate"},
    "a file looked through line by line before it counts": {
        "ConfirmAttendanceFile", "ConfirmMembersFile", "ConfirmHistoryFile",
    },
    "a talk or a look by a person, ticked where it was noted": {
        "AskWellbeing", "MarkAsked", "QueueCard", "CardSent", "NoteMinorIssue", "LookAtChecks",
        "RecordCheck", "AskSecondApprover", "NoteReturned", "SendAgain",
    },
    "who may do what is given by a person to a person": {"AddPerson", "GrantRole", "EndRole"},
    "how to be in touch holds addresses of third people": {"ChangeCommunication"},
    "part of a command that has one": {"AttendanceLine", "Figures", "OpeningLine"},
}  # fmt: skip


def _modules(package: Any) -> list[Any]:
    names = [each.name for each in pkgutil.iter_modules(package.__path__)]
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def _under(schema: type) -> set[type]:
    below = set(schema.__subclasses__())
    return below.union(*map(_under, below)) if below else below


def _with_schema() -> set[str]:
    """Every command that a form or a call can make."""
    _modules(web.schemas)
    found = {getattr(schema, "command", None) for schema in _under(CommandSchema)}
    return {each.__name__ for each in found if each is not None}


def _with_operation() -> set[str]:
    """Every command that an operation of the API is given, or makes from its address."""
    operations = [
        inspect.unwrap(each)
        for module in _modules(web.api)
        for each in vars(module).values()
        if inspect.isfunction(each)
    ]
    given = {str(each.__annotations__.get("command")).rpartition(".")[2] for each in operations}
    return given.union(*(each.__code__.co_names for each in operations))


def test_every_command_has_an_operation_or_a_reason() -> None:
    reasons = set[str]().union(*PAGES_ALONE.values())
    assert len(_with_operation()) > 100
    assert _with_schema() - _with_operation() == reasons


@pytest.mark.parametrize("name", ["GiveHours", "RequestRedemption", "OpenQuery", "AskExchange"])
def test_the_list_sees_what_it_judges(name: str) -> None:
    assert name in _with_schema() & _with_operation()
