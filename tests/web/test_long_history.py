"""A member with ten thousand postings and a catalogue of two thousand rewards: pages ask the
database as often as for ten of each, and every posting can be reached by position and by date."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tests.timebank import long_history
from tests.web.conftest import Page, Web
from tests.web.test_account import _links
from tests.web.work import queries
from timebank import account_history, months, statements
from timebank.people import MemberAdded
from timebank.unit import Unit

MANY, FEW = 10_000, 10


def older(page: Page) -> str:
    return next(link for link in _links(page.html, "before="))


def asked(web: Web, who: MemberAdded, last: int) -> dict[str, int]:
    """How many statements each page of a member sends to the database."""
    web.new_browser()
    web.sign_in(who)
    statement = re.findall(r"/statements/[0-9a-f]{32}", web.get("/statements").html)[0]
    counted = {}
    for path in (
        "/",
        "/history",
        f"/history?before={last}",
        f"/history?after={last // 2}",
        "/history?on_day=28&on_month=2&on_year=2029",
        f"/postings/{last}",
        "/hours",
        "/hours?year=2029",
        "/hours?by_year=yes",
        "/statements",
        statement,
        "/rewards",
        "/rewards?now=yes",
    ):
        with queries(web) as sent:
            assert web.get(path).status == 200, path
        counted[re.sub(r"[0-9a-f]{32}|(?<=[=/])\d+", "N", path)] = len(sent)
    return counted


def test_ten_thousand_postings_cost_as_many_queries_as_ten(web_on_both: Web) -> None:
    web = web_on_both
    busy = web.member("Anna Bell")
    long_history.credited(web.community, busy.member_id, MANY)
    web.community.clock.set(long_history.END - timedelta(days=3))
    new = web.member("Bob Carr")
    long_history.credited(web.community, new.member_id, FEW, begin=web.community.clock(), days=1)
    long_history.rewards(web.community, FEW)
    web.community.clock.set(long_history.END)
    with web.community.unit(web.community.console) as unit:
        month = statements.IssueStatements(until_on=date(2029, 2, 28))
        statements.issue_statements(unit, month)
    assert len(web.community.read(statements.of_member, busy.member_id)) == 36
    assert len(web.community.read(statements.of_member, new.member_id)) == 1
    few = asked(web, new, FEW)
    long_history.rewards(web.community, 2000 - FEW)
    assert asked(web, busy, MANY) == few

    first = web.get("/history")
    assert first.html.count('scope="row"') == 25
    second = web.get(older(first))
    again = web.get(next(link for link in _links(second.html, "after=")))
    assert re.findall(r"/postings/(\d+)", again.html) == re.findall(r"/postings/(\d+)", first.html)
    day = web.get("/history?on_day=15&on_month=6&on_year=2027")
    assert "Recorded up to 15 June 2027." in day.words
    newest = re.findall(r"/postings/(\d+)", day.html)[0]
    assert "2027" in web.get(f"/postings/{newest}").words
    assert "Nothing had been recorded by then." in web.get(
        "/history?on_day=1&on_month=1&on_year=2020").words  # fmt: skip
    with web.community.database.reading(web.community.actor) as unit:
        reach_everything(unit, busy.member_id)


def reach_everything(unit: Unit, member_id: str) -> None:
    """By turning pages every posting is seen once; by date, on the right side of the day."""
    seen: list[int] = []
    before = None
    while True:
        page = account_history.history_page(unit, member_id, limit=200, before=before)
        assert page.newer is (before is not None)
        seen += [line.account_seq for line in page.lines]
        if not page.older:
            break
        before = page.lines[-1].account_seq
    assert seen == list(range(MANY, 0, -1))
    year = months.over_time(unit, member_id, year=2027)
    every = months.over_time(unit, member_id, by_year=True)
    here = next(each for each in every.stretches if each.from_on.year == 2027)
    assert year.given_minutes == here.given_minutes > 30_000
    assert every.stretches[-1].closing_minutes == MANY * 10
    day = date(2027, 6, 15)
    position = account_history.position_after(unit, member_id, day)
    (line,) = account_history.history_page(unit, member_id, limit=1, before=position).lines
    assert line.recorded_on <= day
    (line,) = account_history.history_page(unit, member_id, limit=1, after=position - 1).lines
    assert line.recorded_on > day
