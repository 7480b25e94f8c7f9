"""Hours over time on the pages: the picture with its table, given and received, and quietly."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.web.conftest import Page, Web
from tests.web.test_account import _links
from tests.web.work import ADMIN, staff
from timebank.people import MemberAdded
from web.chart import chart


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna: two hours in March, one in May, 45 minutes given to the pot in July."""
    added = web.member("Anna Bell")
    web.credited(added.member_id, 120)
    web.community.clock.set(datetime(2026, 5, 5, 10, tzinfo=UTC))
    web.credited(added.member_id, 60)
    web.community.clock.set(datetime(2026, 7, 5, 10, tzinfo=UTC))
    web.sign_in(added)
    boxes = {"to": "pot", "given_minutes_hours": "", "given_minutes_minutes": "45",
             "number": "", "name": "", "words": "", "check": "yes"}  # fmt: skip
    check = web.post("/gifts/give", boxes)
    assert web.send("/gifts/give", check.hidden).status == 303
    return added


def rows(page: Page) -> list[list[str]]:
    found = re.findall(r'<tr class="govuk-table__row" role="row">(.*?)</tr>', page.html, re.S)
    hidden = r'<span class="tb-table__label".*?</span>'
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", re.sub(hidden, "", row), re.S)
        ]
        for row in found
    ]


def test_home_says_the_last_twelve_months_and_leads_to_them(web: Web, anna) -> None:
    page = web.get("/")
    assert (
        "In the last 12 months 3 hours were added for time you gave,"
        " and you used or passed on 45 minutes."
    ) in page.words
    assert "/hours" in _links(page.html, "/hours")


def test_the_picture_has_words_and_the_same_figures_as_a_table(web: Web, anna) -> None:
    page = web.get("/hours")
    assert page.status == 200
    picture = re.search(r"<svg class=\"tb-chart\".*?</svg>", page.html, re.S)
    assert picture is not None
    assert 'role="img" aria-labelledby="chart-title chart-said"' in picture[0]
    assert '<title id="chart-title">What could be used at the end of each month' in picture[0]
    assert "At the start: 0 minutes. At the end: 2 hours 15 minutes." in picture[0]
    assert "style=" not in picture[0]
    assert picture[0].count("<rect") == 5
    head, *months = rows(page)
    assert head[0] == "Month"
    assert len(months) == 5  # nothing had happened before March
    assert months[0] == ["March 2026", "2 hours", "None", "2 hours"]
    assert months[1] == ["April 2026", "None", "None", "2 hours"]
    assert months[2] == ["May 2026", "1 hour", "None", "3 hours"]
    assert months[4] == ["July 2026", "None", "45 minutes", "2 hours 15 minutes"]
    assert "You gave 3 hours and used or passed on 45 minutes." in page.words
    assert "Hours passed on to the community pot 45 minutes" in page.words


def test_a_month_leads_to_its_lines_and_a_year_to_its_months(web: Web, anna) -> None:
    page = web.get("/hours?by_year=yes")
    assert rows(page)[1] == ["2026", "3 hours", "45 minutes", "2 hours 15 minutes"]
    year = web.get(next(iter(_links(page.html, "/hours?year=2026"))))
    assert [row[0] for row in rows(year)[1:]][:2] == ["March 2026", "April 2026"]
    month = web.get(next(link for link in _links(year.html, "on_month=5")))
    assert "Recorded up to 31 May 2026." in month.words
    assert "Community meeting on 5 May 2026" in month.words
    assert "community pot" not in month.words


@pytest.mark.parametrize("query", ["year=2025", "year=2027", "year=soon", "year=99999"])
def test_a_year_without_anything_is_not_found(web: Web, anna, query: str) -> None:
    assert web.get(f"/hours?{query}").status == 404


def test_a_wrong_day_is_said_at_its_box_and_kept(web: Web, anna) -> None:
    page = web.get("/history?on_day=31&on_month=2&on_year=2026")
    assert page.status == 422
    assert "Enter a real date, with day, month and year." in page.words
    assert [page.value(f"on_{part}") for part in ("day", "month", "year")] == ["31", "2", "2026"]
    assert (
        "Community meeting on 5 May 2026" in page.words
    )  # the newest lines are there all the same


def test_a_coordinator_sees_the_same_and_another_member_nothing(web: Web, anna) -> None:
    bob = web.member("Bob Carr")
    paths = [f"/members/{anna.member_id}/hours", f"/members/{anna.member_id}/history"]
    web.new_browser()
    web.sign_in(bob)
    assert [web.get(path).status for path in [*paths, "/given-and-received"]] == [403] * 3
    web.new_browser()
    web.sign_in(staff(web, "Cora Finch"))
    hours, history = (web.get(path) for path in paths)
    assert "They gave 3 hours and used or passed on 45 minutes." in hours.words
    assert "They can use 2 hours 15 minutes." in history.words
    assert f"/members/{anna.member_id}/postings/1" in history.html
    assert web.get(f"/members/{'0' * 32}/hours").status == 404


def test_the_whole_group_with_the_pot_and_nobody_named(web: Web, anna) -> None:
    web.new_browser()
    web.sign_in(ADMIN)
    page = web.get("/given-and-received")
    assert "Time credited at sessions 3 hours" in page.words
    assert "Came in as gifts from members 45 minutes" in page.words
    assert "In the pot now 45 minutes" in page.words
    assert "Anna" not in page.words
    assert web.get("/given-and-received?year=2026").status == 200
    assert web.get("/given-and-received?year=2025").status == 404
    assert "/given-and-received" in _links(web.get("/pot").html, "given-and-received")


# --- quietly -------------------------------------------------------------------------------------


def test_who_wants_it_quiet_is_not_met_by_a_figure(web: Web, anna) -> None:
    assert "How my hours are shown" in web.get("/choices").words
    saved = web.post("/choices/showing", {"quiet_balance": "yes"})
    assert (saved.status, saved.location) == (303, "/choices")
    home = web.get("/")
    assert "You have" not in home.words
    assert "2 hours 15 minutes" not in home.words
    assert "My hours What you have stands at the top of everything" in home.words
    assert "You have 2 hours 15 minutes." in web.get("/history").words
    assert "checked" in web.get("/choices/showing").html
    assert "Hours on the first page Left out Since" in web.get("/choices/history").words
    web.post("/choices/showing", {})
    assert "You have 2 hours 15 minutes." in web.get("/").words


def test_a_coordinator_does_it_for_them_and_a_stale_page_is_told(web: Web, anna) -> None:
    path = f"/members/{anna.member_id}/showing"
    web.new_browser()
    web.sign_in(staff(web, "Cora Finch"))
    stale = web.get(path).hidden
    assert web.post(path, {"quiet_balance": "yes"}).status == 303
    page = web.send(path, stale)
    assert page.status == 409
    assert "This was changed while you had it open" in page.words
    assert "Shown quietly It is now Yes You typed No" in page.words
    web.new_browser()
    web.sign_in(anna)
    assert web.get("/").words.startswith("My hours")
    assert web.post(f"/members/{anna.member_id}/showing", page="/").status == 403


# --- the drawing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "lines"),
    [
        ([0], [0, 15]),
        ([60], [0, 15, 30, 45, 60]),
        ([61], [0, 30, 60, 90]),
        ([375, -60], [0, 120, 240, 360, 480]),
        ([-30], [0, 15]),
        ([600_000], [0, 300_000, 600_000]),
    ],
)
def test_lines_stand_at_round_hours_and_bars_stay_inside(
    minutes: list[int], lines: list[int]
) -> None:
    drawn = chart(minutes, [str(each) for each in minutes])
    assert [line.minutes for line in drawn.lines] == lines
    zero = drawn.lines[0].y
    for bar, each in zip(drawn.bars, minutes, strict=True):
        assert bar.below is (each < 0)
        assert bar.y == zero if each <= 0 else abs(bar.y + bar.height - zero) < 0.2
        assert 0 <= bar.y <= bar.y + bar.height <= drawn.height
        assert drawn.left <= bar.x <= bar.x + bar.width <= drawn.width


def test_only_some_bars_have_a_name_when_there_are_many() -> None:
    drawn = chart([60] * 12, [f"M{n}" for n in range(12)])
    assert [bar.name for bar in drawn.bars if bar.name] == ["M0", "M3", "M6", "M9"]
