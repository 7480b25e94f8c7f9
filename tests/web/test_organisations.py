"""A coordinator of one organisation: no route leads to anybody else's sessions or people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN
from timebank import (
    agreements,
    group_gifts,
    groups,
    joining,
    organisations,
    people,
    projects,
    queries,
    sent_time,
    sessions,
    statements,
    tokens,
)
from timebank.figures import Figures
from timebank.models import Base
from timebank.people import MemberAdded
from timebank.roles import COORDINATOR
from web.access import BY_LINK, PUBLIC, every_rule

# What a route may answer about something that is not the actor's to see.
CLOSED = {403, 404}
# Rows that come and go with signing in, whatever is looked at.
DAY = timedelta(days=1)
AROUND = {"sign_in", "failed_attempt", "api_token"}


def _project(web: Web, organisation_id: str) -> dict[str, str]:
    """A project of an organisation."""
    add = projects.AddProject(
        title="Songs", purpose="To sing", on_behalf_of="Us", organisation_id=organisation_id
    )
    return {"project_id": web.community.do(projects.add_project, add).project_id}


class Site:
    """Two organisations; everything that has an id belongs to the second one."""

    def __init__(self, web: Web) -> None:
        self.web, community = web, web.community
        mill = community.do(
            organisations.add_organisation, organisations.AddOrganisation(name="The Old Mill")
        )
        hall = community.do(
            organisations.add_organisation, organisations.AddOrganisation(name="Village Hall")
        )
        self.mill_id, hall_id = mill.organisation_id, hall.organisation_id
        self.cora = self._coordinator()
        bert = web.member("Bert Cole", organisation_id=hall_id, statement_by="paper")
        session_id = community.session("Choir", organisation_id=hall_id)
        community.credit(session_id, [bert.member_id])
        redemption_id = web.ask(web.reward("Bird walk", 60), bert)
        group = community.do(
            groups.add_group, groups.AddGroup(name="Singers", organisation_id=hall_id)
        )
        give = group_gifts.GiveGroupHours(
            group_id=group.group_id, member_id=bert.member_id, to_group=True, minutes=15
        )
        asks = joining.Apply(
            name="Nia Okoro", phone="1", came_by="phone", adult=True, organisation_id=hall_id
        )
        self.foreign: dict[str, str] = {
            "member_id": bert.member_id,
            "person_id": bert.person_id,
            "session_id": session_id,
            "attendance_id": community.attendance_id(session_id, bert.member_id),
            "redemption_id": redemption_id,
            "organisation_id": hall_id,
            "group_id": group.group_id,
            "gift_id": community.do(group_gifts.give_hours, give).gift_id,
            **_project(web, hall_id),
            "application_id": community.do(joining.apply, asks).application_id,
            **self._of_bert(bert, session_id),
        }

    def _of_bert(self, bert: MemberAdded, session_id: str) -> dict[str, str]:
        """What members and coordinators make together beside credits and rewards."""
        community = self.web.community
        actor = community.actor_of(bert.person_id)
        doubt = queries.OpenQuery(
            member_id=bert.member_id, subject="posting", account_seq=1, words="More"
        )
        more = sent_time.SendTime(session_id=session_id, figures=Figures(preparation_minutes=20))
        agreed = agreements.ProposeAgreement(
            member_id=bert.member_id, extra_preparation_minutes=30, from_on=community.clock().date()
        )
        made = {
            "query_id": community.do(queries.open_query, doubt, actor=actor).query_id,
            "sent_time_id": community.do(sent_time.send_time, more, actor=actor).sent_time_id,
            "agreement_id": community.do(agreements.propose_agreement, agreed).agreement_id,
        }
        community.clock.forward(days=31)
        community.do(
            statements.issue_statements,
            statements.IssueStatements(until_on=community.clock().date().replace(day=1) - DAY),
        )
        issued = community.read(statements.of_member, bert.member_id)
        return made | {"statement_id": issued[0].id}

    def _coordinator(self) -> MemberAdded:
        cora = self.web.member("Cora Day", organisation_id=self.mill_id)
        grant = people.GrantRole(
            person_id=cora.person_id, role=COORDINATOR, organisation_id=self.mill_id
        )
        self.web.community.do(people.grant_role, grant)
        return cora

    def routes(self) -> Iterator[tuple[str, str]]:
        """``(method, path)`` of every route that names one of the foreign things."""
        for method, pattern, rule in every_rule(self.web.app):
            names = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
            if rule in (PUBLIC, BY_LINK) or not set(names) & set(self.foreign):
                continue
            yield method, re.sub(r"<(?:\w+:)?(\w+)>", self._fill, pattern)

    def _fill(self, found: re.Match[str]) -> str:
        if found[1] == "form":
            return "text"
        return self.foreign.get(found[1], uuid4().hex)

    def rows(self) -> dict[str, list[Any]]:
        """Everything in the community's tables."""
        with self.web.community.database.reading(self.web.community.actor) as unit:
            return {
                table.name: sorted(map(repr, unit.connection.execute(select(table))))
                for table in Base.metadata.sorted_tables
                if table.name not in AROUND
            }

    def open(self, method: str, path: str, csrf: str, token: str) -> Page:
        """Ask for a path as the browser does, or as a program with a token."""
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
            more: dict[str, Any] = {"headers": headers}
            if method != "GET":
                more["json"] = {}
        else:
            more = {"data": {"csrf_token": csrf, "key": uuid4().hex, "revision": "1"}}
        return Page(self.web.browser.open(path, method=method, base_url=self.web.base, **more))

    def signed_in(self, who: MemberAdded | str, person_id: str) -> tuple[str, str]:
        """A browser and a token of somebody's: the anti-forgery token, and the bearer token."""
        self.web.new_browser()
        self.web.sign_in(who)
        with self.web.community.unit(self.web.community.actor_of(person_id)) as unit:
            token = tokens.new_api_token(unit, person_id, "walk")
        return self.web.get("/sessions/plan").hidden["csrf_token"], token


@pytest.fixture
def site(web: Web) -> Site:
    return Site(web)


def test_every_route_is_closed_to_foreign_ids(site: Site) -> None:
    csrf, token = site.signed_in(site.cora, site.cora.person_id)
    before = site.rows()
    walked = list(site.routes())
    assert len(walked) > 80
    wrong = []
    for method, path in walked:
        answer = site.open(method, path, csrf, token)
        # A program's empty body may be refused before anything is looked up.
        refused = {422} if path.startswith("/api/") and method != "GET" else set()
        if answer.status not in CLOSED | refused:
            wrong.append((answer.status, method, path))
    assert wrong == []
    assert site.rows() == before


def test_the_same_routes_are_open_to_the_whole_groups_coordinator(site: Site) -> None:
    """So the ids are right, and the walk above is not refused for another reason."""
    csrf, token = site.signed_in(ADMIN, site.web.community.admin.person_id)
    opened = [
        path
        for method, path in site.routes()
        if method == "GET" and site.open(method, path, csrf, token).status == 200
    ]
    for name, value in site.foreign.items():
        assert any(value in path for path in opened), name
    assert len(opened) > 30


def test_lists_and_searches_show_their_own_alone(site: Site) -> None:
    web = site.web
    dora = web.member("Dora Elm", organisation_id=site.mill_id)
    web.community.session("Pottery", organisation_id=site.mill_id)
    _csrf, token = site.signed_in(site.cora, site.cora.person_id)
    headers = {"Authorization": f"Bearer {token}"}
    for path, own in (
        ("/members", "Dora Elm"), ("/members?q=e", "Dora Elm"), ("/sessions", "Pottery"),
        ("/to-do", "Pottery"), ("/groups", ""), ("/applications", ""),
        ("/api/v1/members", "Dora Elm"), ("/api/v1/sessions", "Pottery"),
        ("/api/v1/redemptions", ""),
    ):  # fmt: skip
        page = web.get(path, headers=headers) if path.startswith("/api/") else web.get(path)
        assert page.status == 200, path
        for name in ("Bert", "Choir", "Singers", "Nia"):
            assert name not in page.html, (path, name)
        assert own in page.html, path
    assert web.get(f"/members/{dora.member_id}").status == 200


def test_they_plan_and_credit_on_their_own_pages(site: Site) -> None:
    web = site.web
    site.signed_in(site.cora, site.cora.person_id)
    kind = web.community.activity()
    today = {"starts_on_day": "2", "starts_on_month": "3", "starts_on_year": "2026"}
    made = web.post("/sessions/plan", {"title": "Firing", "activity_type_id": kind, **today})
    assert made.status == 303
    planned = web.community.read(sessions.sessions)
    own = next(each for each in planned if each.title == "Firing")
    assert own.organisation_id == site.mill_id
    assert web.get(f"/sessions/{own.id}/credit").status == 200


def test_a_role_in_one_organisation_is_given_and_ended_on_a_page(site: Site) -> None:
    web = site.web
    web.new_browser()
    web.sign_in(ADMIN)
    page = web.get("/roles/grant")
    assert "Coordinator (The Old Mill)" in page.words
    dora = web.member("Dora Elm")
    boxes = {"role": "coordinator", "organisation_id": site.mill_id}
    assert web.post("/roles/grant", {"person_id": dora.person_id, **boxes}).status == 303
    assert web.community.actor_of(dora.person_id).organisations == {site.mill_id}
    whole = {"person_id": dora.person_id, "role": "coordinator", "organisation_id": ""}
    refused = web.post("/roles/grant", whole)
    assert refused.status == 422
    assert "End the role they have first." in refused.words
    path = f"/roles/end?person={dora.person_id}&role=coordinator&organisation={site.mill_id}"
    page = web.get(path)
    assert "Coordinator, The Old Mill" in page.words
    assert web.post("/roles/end", page=path).status == 303
    assert not web.community.actor_of(dora.person_id).roles - {"member"}


def test_organisations_are_added_changed_and_ended(site: Site) -> None:
    web = site.web
    web.new_browser()
    web.sign_in(ADMIN)
    assert web.post("/organisations", {"name": "Library", "contact": "Ring"}).status == 303
    twice = web.post("/organisations", {"name": "library"})
    assert twice.status == 409
    assert "There is an organisation of this name already." in twice.words
    path = f"/organisations/{site.mill_id}"
    hidden = web.get(path).hidden
    assert web.send(path, {**hidden, "name": "The Mill", "contact": ""}).status == 303
    late = web.send(path, {**hidden, "key": "k" * 32, "name": "Mill", "contact": ""})
    assert late.status == 409
    assert "Ada Marsh did so" in late.words
    assert "Cora Day" in web.get(f"{path}/end").words
    assert web.post(f"{path}/end").location == "/organisations"
    assert "Ended on 2 April 2026" in web.get("/organisations").words


def test_who_belongs_is_changed_on_the_members_page(site: Site) -> None:
    web = site.web
    web.new_browser()
    web.sign_in(ADMIN)
    dora = web.member("Dora Elm")
    path = f"/members/{dora.member_id}/organisations"
    assert "belongs to no organisation" in web.get(path).words
    boxes = {"organisation_id": site.mill_id}
    assert web.post(path, boxes).status == 303
    assert "The Old Mill" in web.get(path).words
    assert web.post(path, {**boxes, "do": "end"}).status == 303
    assert "belongs to no organisation" in web.get(path).words
