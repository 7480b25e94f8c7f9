"""Every operation of the OpenAPI document, tried by schemathesis with all its checks.

Ids that are drawn seldom exist, so where an id is asked for a real one is put in: otherwise each
request would end at 404. What a person typed wrong must answer in the documented shape, and what
has the documented form must not be refused for its form.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from tests.api.conftest import Bench, Door, close, make_bench, on_sqlite, switch_money_rewards_on
from tests.timebank.reaching import wants
from timebank import (
    listings,
    openings,
    pot_grants,
    proposals,
    queries,
    redemptions,
    rewards,
    statements,
)
from timebank.community import policy
from timebank.crediting import AttendanceLine
from timebank.figures import Figures
from timebank.settings import load
from web.api.blueprint import KEY_HEADER
from web.app import create_app

EXAMPLES = 4


@pytest.fixture(scope="module")
def tried(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A community in which every kind of thing exists."""
    folder = tmp_path_factory.mktemp("api")
    bench = make_bench(on_sqlite(_migrated_file, folder), folder)
    community = bench.community
    switch_money_rewards_on(community)
    community.do(
        redemptions.request_redemption,
        redemptions.RequestRedemption(
            reward_id=bench.class_id,
            reward_revision=1,
            member_id=bench.mary_actor.member_id or "",
            information_version=2,
        ),
        actor=bench.mary_actor,
    )
    community.do(
        rewards.add_reward,
        rewards.AddReward(kind="voucher", title="Swim", price_minutes=30, money_pence=500),
    )
    community.clock.forward(days=40)
    with community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
    community.do(
        queries.open_query,
        queries.OpenQuery(
            member_id=bench.mary_actor.member_id or "",
            subject="posting",
            account_seq=1,
            words="It was longer.",
        ),
        actor=bench.mary_actor,
    )
    yield bench
    close(bench)


@pytest.fixture(scope="module", autouse=True)
def _behind_the_document(tried: Bench) -> None:
    behind.app = tried.app


def _real_ids(bench: Bench) -> dict[str, str]:
    door = bench.cora
    mary = bench.mary_actor.member_id or ""
    return {
        "member_id": mary,
        "session_id": bench.session_id,
        "activity_type_id": bench.community.activity(),
        "language": "cy",
        "attendance_id": door.get(f"/sessions/{bench.session_id}").json["attendances"][0]["id"],
        **_project(door),
        "reward_id": bench.class_id,
        "redemption_id": door.get(f"/redemptions?member_id={mary}").json["items"][0]["id"],
        "statement_id": door.get(f"/statements?member_id={mary}").json["items"][0]["id"],
        "query_id": door.get(f"/queries?member_id={mary}").json["items"][0]["id"],
        **_waiting(bench),
        **_sent_and_agreed(bench),
        **_looked_after(bench),
        **_given(bench),
        **_reached(bench),
        "trust_id": _trusted(bench),
    }


def _trusted(bench: Bench) -> str:
    """Somebody whom Mary lets act for her."""
    path = f"/members/{bench.mary_actor.member_id}/trusted-people"
    named = {"name": "Kim", "email": "kim@example.org", "rewards": "none"}
    return str(bench.mary.post(path, named).json["trust_id"])


def _reached(bench: Bench) -> dict[str, str]:
    """A letter to somebody, a certificate and a skill of Mary's."""
    iris = bench.community.member("Iris Lane", address="1 Mill Lane")
    wants(bench.community, iris, "post")
    bench.community.credit(bench.community.session("Tea"), [iris.member_id])
    run_id = bench.cora.post("/letters", {}).json["run_id"]
    days = {"from_on": "2026-01-01", "until_on": bench.community.clock().date().isoformat()}
    return {
        "run_id": run_id,
        "letter_id": bench.cora.get(f"/letters/{run_id}").json["items"][0]["id"],
        "certificate_id": bench.mary.post("/me/certificates", days).json["certificate_id"],
        "skill_id": bench.mary.post("/me/skills", {"title_words": "Minutes"}).json["skill_id"],
    }


def _given(bench: Bench) -> dict[str, str]:
    """An exchange that Mary asked for, hours proposed from the pot, and a place she waits for."""
    mary, door = bench.mary_actor.member_id or "", bench.mary
    zoe = bench.community.member("Zoe Hart")
    as_zoe = bench.community.actor_of(zoe.person_id)
    entry = listings.KeepEntry(member_id=zoe.member_id, shown=True)
    bench.community.do(listings.keep_entry, entry, actor=as_zoe)
    offer = listings.AddListing(member_id=zoe.member_id, kind="offer", title_words="Gardening")
    listing_id = bench.community.do(listings.add_listing, offer, actor=as_zoe).listing_id
    asked = door.post(f"/listings/{listing_id}/ask", {"member_id": mary}).json
    line = AttendanceLine(
        member_id=zoe.member_id, choice="pot", figures=Figures(session_minutes=90)
    )
    bench.community.credit(bench.community.session(minutes=90), lines=[line])
    bench.community.credit(bench.community.session(minutes=90), [zoe.member_id])
    propose = pot_grants.ProposeGrant(member_id=mary, granted_minutes=5)
    granted = bench.community.do(pot_grants.propose_grant, propose)
    full = bench.community.do(
        rewards.add_reward,
        rewards.AddReward(kind="class", title="Full", price_minutes=1, places=1),
    )
    request = redemptions.RequestRedemption(
        reward_id=full.reward_id,
        reward_revision=1,
        member_id=zoe.member_id,
        how="phone",
        information_version=bench.community.read(policy).version,
    )
    bench.community.do(redemptions.request_redemption, request)
    waits = door.post(f"/rewards/{full.reward_id}/wait", {"member_id": mary}).json
    return {
        "listing_id": listing_id,
        "exchange_id": asked["exchange_id"],
        "pot_grant_id": granted.pot_grant_id,
        "reward_wait_id": waits["reward_wait_id"],
    }


def _sent_and_agreed(bench: Bench) -> dict[str, str]:
    """An agreement with Mary, and the time that she sent in for a session of today."""
    mary = bench.mary_actor.member_id or ""
    today = bench.community.clock().date().isoformat()
    agreed = {"extra_preparation_minutes": 20, "from_on": today}
    made = bench.cora.post(f"/members/{mary}/agreements", agreed).json
    session_id = bench.community.session("Today")
    bench.community.credit(session_id, [mary])
    sent = {"session_id": session_id, "figures": {"preparation_minutes": 20}}
    time = bench.mary.post("/time-sent", sent).json
    return {"agreement_id": made["agreement_id"], "sent_time_id": time["sent_time_id"]}


def _looked_after(bench: Bench) -> dict[str, str]:
    """Somebody who asks to join, a partner, a group with a gift, and a number that goes."""
    door, mary = bench.cora, bench.mary_actor
    asks = {"name": "Nia Okoro", "phone": "01632 960009", "came_by": "phone", "adult": True}
    group_id = door.post("/groups", {"name": "Walkers"}).json["group_id"]
    give = {"member_id": mary.member_id, "to_group": True, "minutes": 1}
    return {
        "person_id": mary.person_id or "",
        "old_member_id": bench.community.member("Ivy Lane").member_id,
        "application_id": door.post("/applications", asks).json["application_id"],
        "organisation_id": door.post("/organisations", {"name": "Mill"}).json["organisation_id"],
        "group_id": group_id,
        "gift_id": door.post(f"/groups/{group_id}/gifts", give).json["gift_id"],
    }


def _project(door: Door) -> dict[str, str]:
    made = door.post(
        "/projects",
        {"title": "Leaflet", "purpose": "To be understood", "on_behalf_of": "A hospital"},
    ).json
    door.post(f"/projects/{made['project_id']}/seats", {"title": "Somebody who was there"})
    seats = door.get(f"/projects/{made['project_id']}").json["seats"]
    return {"project_id": made["project_id"], "seat_id": seats[0]["id"]}


def _waiting(bench: Bench) -> dict[str, str]:
    """A list of hours from before, and a correction, that each wait for a second person."""
    member_id = bench.mary_actor.member_id or ""
    entered = openings.EnterOpening(
        as_of_on=bench.community.clock().date(),
        total_minutes=60,
        lines=(openings.OpeningLine(member_id=member_id, minutes=60),),
    )
    with bench.community.unit() as unit:
        proposed = proposals.propose(
            unit, "session", bench.session_id, revision=1, words="", minutes=60,
            details={"plan_again": False},
        )  # fmt: skip
        list_id = openings.enter_opening(unit, entered).list_id
        return {"list_id": list_id, "proposal_id": proposed.id}


class Behind:
    """The application behind the document: another one when tests run than when collected."""

    app: Any

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """WSGI."""
        return self.app(environ, start_response)


behind = Behind()


def _load_document(*, coverage: bool) -> Any:
    """The document of an application whose database nobody opens: it does not depend on data.

    Loaded while tests are collected, so that each operation is a test of its own. ``coverage``
    tries every boundary of every field too, some two thousand requests.
    """
    config = SchemathesisConfig.from_dict(
        {
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": True,
                # The token is the test's own; without one is tried in test_api.
                "with-security-parameters": False,
            },
            "phases": {"coverage": {"enabled": coverage}},
            "checks": {
                # A rule of the group refuses well-formed requests with 422 too; that the form was
                # not what was refused is judged by `form_accepted` below.
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "401", "403", "404", "409", "422", "5xx"]
                },
            },
        }
    )
    with TemporaryDirectory() as folder:
        behind.app = create_app(load({"TIMEBANK_DATA": folder}))
        return schemathesis.openapi.from_wsgi("/api/openapi.json", behind, config=config)


def _put_in(ids: dict[str, Any], where: Any) -> None:
    """Put real ids and revisions in place of drawn ones, at any depth."""
    if isinstance(where, list):
        for each in where:
            _put_in(ids, each)
    elif isinstance(where, dict):
        for name, value in where.items():
            if name in ids and isinstance(value, str | int):
                where[name] = ids[name]
            else:
                _put_in(ids, value)


def form_accepted(context: Any, response: Any, case: Any) -> None:
    """What has the documented form is never refused for its form."""
    positive = case.meta and case.meta.generation.mode.is_positive
    if positive and response.status_code == 422:
        assert response.json()["code"] != "input_wrong", response.text


@pytest.fixture(scope="module")
def ids(tried: Bench) -> dict[str, str]:
    """Ids of things that exist, by the name of the field or part of the address."""
    return _real_ids(tried)


all_boundaries = _load_document(coverage=True)
examples_only = _load_document(coverage=False)
few = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@all_boundaries.parametrize()
@few
def test_with_the_token_of_an_administrator_and_coordinator(
    case: Any, tried: Bench, ids: dict[str, str]
) -> None:
    _try(case, tried.admin.token, tried, ids)


@examples_only.parametrize()
@settings(few, max_examples=2)  # most of it is refused at the door
def test_with_the_token_of_a_member(case: Any, tried: Bench, ids: dict[str, str]) -> None:
    _try(case, tried.mary.token, tried, ids)


def _try(case: Any, token: str, tried: Bench, ids: dict[str, str]) -> None:
    if case.meta and case.meta.generation.mode.is_positive:
        _put_in(ids, case.path_parameters)
        _put_in(ids | _as_read(case, tried, ids), case.body)
        if KEY_HEADER in (case.headers or {}):
            case.headers[KEY_HEADER] = uuid4().hex  # else all but the first are conflicts
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"}, additional_checks=[form_accepted]
    )


def _as_read(case: Any, tried: Bench, ids: dict[str, str]) -> dict[str, Any]:
    """The revisions that somebody who read everything just now would send."""
    if not isinstance(case.body, dict):
        return {}
    found: dict[str, Any] = {}
    if "revision" in case.body:
        noun, *of = case.path.split("/")[3:5]
        if noun == "me":
            read = tried.mary.get("/me").json["member"]
        elif of:
            read = tried.cora.get(f"/{noun}/{ids[of[0].strip('{}')]}").json
        else:
            read = tried.cora.get(f"/{noun}").json
        found["revision"] = read.get("revision", 0)
    if "follows_version" in case.body:
        found["follows_version"] = tried.cora.get("/policy").json["version"]
    if "reward_revision" in case.body:
        found["reward_revision"] = tried.cora.get(f"/rewards/{tried.class_id}").json["revision"]
        found["information_version"] = tried.cora.get("/policy").json["version"]
    return found
