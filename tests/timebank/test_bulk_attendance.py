"""A list of three hundred, as such lists are: every line accounted for, nothing guessed."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import func, select

from tests.conftest import Database
from tests.timebank.builders import Community
from timebank import attendance_csv, imports, people
from timebank.attendance_import import (
    ConfirmAttendanceFile,
    ImportOptions,
    apply_import,
    confirm_attendance_file,
    plan_import,
)
from timebank.errors import Conflict, NotFound, Rejected, RuleBroken
from timebank.member_import import MemberOptions, apply_members, plan_members
from timebank.models import Attendance, Member, OutboxMessage, TrailEvent

ON = date(2026, 3, 1)
_LAST = [
    "Adebayo",
    "Brookes",
    "Choudhury",
    "Davies",
    "Ellis",
    "Fernandes",
    "Griffiths",
    "Hussain",
    "Ibrahim",
    "Jenkins",
]
NAMES = [f"{first} {last}" for first in ("Ann", "Ben", "Caitlin", "Dorothy", "Evan", "Ffion")
         for last in _LAST]  # fmt: skip


def count(community: Community, table: Any) -> int:
    return int(community.read(lambda unit: unit.db.scalar(select(func.count()).select_from(table))))


def plan_of(community: Community, data: bytes, options: ImportOptions) -> Any:
    """A plan, of which every line of the file is one thing and one alone."""
    plan = community.read(plan_import, data, options)
    lines = [
        *(row.line for row in plan.rows),
        *(line for line, _name in plan.already_lines),
        *(each.params["line"] for each in (*plan.left_out, *plan.problems)),
    ]
    assert len(lines) == len(set(lines)) == plan.lines
    return plan


@pytest.fixture
def festival(community: Community) -> Any:
    """Some members on file, and a session to which lists are brought."""
    members = [community.member(name, f"member{n}@example.org") for n, name in enumerate(NAMES[:5])]
    session_id = community.session("Festival", on=ON, minutes=60)
    return community, members, session_id


def three_hundred(members: Any) -> str:
    """The 60 on file by number, address or name; 220 new; 20 that cannot be taken as they are."""
    lines = ["member,date,minutes"]
    for n, member in enumerate(members):
        who = (str(member.number), f"MEMBER{n}@example.org", NAMES[n])[n % 3]
        lines.append(f"{who},{('2026-03-01', '1/3/2026')[n % 2]},{60 + n}")
    lines += [f"Visitor {n:03},01/03/2026,60" for n in range(220)]
    lines += [f"{NAMES[n]},2026-03-01,60" for n in range(5)]  # there already, by another way
    lines += ["ann adebayo,2026-03-01,60", "Ellis Evan,2026-03-01,60", "Ben Brooks,2026-03-01,60"]
    lines += ["Zoë Price,2026-03-01,60", "Zoe Price,2026-03-01,60"]
    lines += ["Iris Hall,3/2026,60", "Iris Hall,2026-02-28,60", "Iris Hall,2026-03-01,1.5"]
    lines += ["9999,2026-03-01,60", "nobody@example.org,2026-03-01,60", ",2026-03-01,60"]
    lines += [
        "Iris Hall,2026-03-01,60,extra",
        "Iris Hall,2026-03-01,-5",
        "Iris Hall,2026-03-01,1500",
    ]
    lines += ["Visitor 001,2026-03-01,60"]
    assert len(lines) == 301
    return "\n".join(lines) + "\n"


WRONG = {
    "row_twice": 6, "member_near": 3, "member_written_twice": 2, "date_wrong_dmy": 1,
    "date_not_of_session": 1, "minutes_not_whole": 1, "member_not_on_file": 2, "text_missing": 1,
    "cells_too_many": 1, "minutes_negative": 1, "time_too_long": 1,
}  # fmt: skip


def wrong(plan: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in plan.problems:
        found[each.code] = found.get(each.code, 0) + 1
    return found


def test_three_hundred_lines(festival):
    community, members, session_id = festival
    members += [
        community.member(name, f"member{n}@example.org") for n, name in enumerate(NAMES) if n > 4
    ]
    text = three_hundred(members)
    data = text.encode("utf-8-sig")
    options = ImportOptions(session_id=session_id, create_members=True, dates="dmy")
    begun = time.process_time()
    plan = plan_of(community, data, options)
    assert (plan.lines, len(plan.rows), wrong(plan)) == (300, 280, WRONG)
    # As older programs save it, it has to be said; then it is the same.
    older = text.encode("cp1252")
    with pytest.raises(RuleBroken, match="file_not_utf8"):
        community.read(plan_import, older, options)
    assert plan_of(community, older, replace(options, encoding="cp1252")).rows == plan.rows
    # Days that were not declared are refused line by line.
    undeclared = plan_of(community, data, replace(options, dates="iso"))
    assert wrong(undeclared)["date_wrong"] == 30 + 220 + 1
    # Nothing is written before it is confirmed, nor while something is wrong.
    with pytest.raises(Rejected) as refused:
        community.do(apply_import, plan)
    assert len(refused.value.problems) == 20
    assert (count(community, Attendance), count(community, Member)) == (0, 61)
    # Decided about by whoever knows, the rest left out.
    who = (("ann adebayo", "skip"), ("Ellis Evan", "skip"), ("Ben Brooks", "new"),
           ("Zoë Price", "new"), ("Zoe Price", "skip"))  # fmt: skip
    options = replace(options, who=who, leave_out=True)
    plan = plan_of(community, data, options)
    assert (len(plan.rows), len(plan.left_out), plan.problems) == (282, 18, ())
    done = community.do(apply_import, plan)
    assert time.process_time() - begun < 10
    assert (done.credits, done.members, count(community, Attendance)) == (282, 222, 282)
    assert done.minutes == 60 * 282 + sum(range(60))
    assert community.balance(members[59].member_id) == 119
    # The second import changes nothing, whatever it is made of.
    trail = count(community, TrailEvent)
    again = plan_of(community, data, replace(options, who=(("Zoe Price", "skip"),)))
    assert (again.rows, again.already) == ((), 282)
    assert community.do(apply_import, plan).credits == 0
    assert (count(community, Attendance), count(community, TrailEvent)) == (282, trail)


@pytest.mark.parametrize(
    ("heading", "code", "column"),
    [
        ("name,minutes", "column_unknown", "name"),
        ("member,minutes,rate", "column_weighs", "rate"),
        ("member,hourly value", "column_weighs", "hourly_value"),
        ("member,session", "column_unknown", "session"),
        ("member,minutes,Minutes", "column_twice", "minutes"),
        ("minutes,travel", "column_missing", "member"),
    ],
)
def test_wrong_columns_are_named(quiet, heading, code, column):
    community, session_id = quiet
    with pytest.raises(RuleBroken) as refused:
        community.read(plan_import, f"{heading}\nx,1,1\n".encode(),
                       ImportOptions(session_id=session_id, minutes=60))  # fmt: skip
    assert (refused.value.code, refused.value.params["column"]) == (code, column)


def test_a_spreadsheet_says_the_same_as_text(festival):
    community, members, session_id = festival
    book = Workbook()
    for row in (["Member", "Date", "Minutes"], [members[0].number, ON, 45], [NAMES[1], ON, 60.0]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    text = f"member,date,minutes\n{members[0].number},2026-03-01,45\n{NAMES[1]},2026-03-01,60\n"
    options = ImportOptions(session_id=session_id)
    sheet, lines = (plan_of(community, data, options) for data in (out.getvalue(), text.encode()))
    assert sheet.rows == lines.rows
    assert community.do(apply_import, sheet).minutes == 105
    assert community.do(apply_import, lines).minutes == 0


def test_what_crediting_would_refuse_is_said_before(festival):
    """Sessions on-line have no travel; a member merged into another is nobody."""
    community, members, _session_id = festival
    with community.unit() as unit:
        unit.db.get_one(Member, members[1].member_id).status = "merged"
    online = community.session("On-line", on=ON, online=True)
    data = f"member,travel\n{NAMES[0]},20\n{members[1].number},\n{NAMES[2]},\n".encode()
    plan = plan_of(community, data, ImportOptions(session_id=online, minutes=60))
    assert wrong(plan) == {"online_no_travel": 1, "member_not_on_file": 1}
    assert [row.name for row in plan.rows] == [NAMES[2]]


# --- confirmed as it was looked at ---------------------------------------------------------------


def keep(community: Community, session_id: str, data: bytes, **more: Any) -> tuple[str, str]:
    """A kept file's id, and the digest of its plan."""
    options = ImportOptions(session_id=session_id, **more)
    with community.database.doorstep(community.actor) as unit:
        command = imports.KeepFile(
            purpose="attendance", content=data, options=options, subject_id=session_id
        )
        file_id = imports.keep_file(unit, command)
    return file_id, imports.digest_of(community.read(plan_import, data, options))


def test_what_is_confirmed_is_what_was_looked_at(festival):
    community, members, session_id = festival
    data = f"member,minutes\n{NAMES[0]},60\n{NAMES[1]},60\n".encode()
    file_id, digest = keep(community, session_id, data)
    community.credit(session_id, [members[0].member_id], minutes=60)
    command = ConfirmAttendanceFile(file_id=file_id, session_id=session_id, digest=digest)
    with pytest.raises(Conflict, match="import_changed"):
        community.do(confirm_attendance_file, command)
    now = imports.digest_of(community.read(plan_import, data, ImportOptions(session_id=session_id)))
    command = replace(command, digest=now)
    done = community.do(confirm_attendance_file, command, key="a key of its own")
    assert (done.credits, community.balance(members[0].member_id)) == (1, 60)
    # Sent again under the same key it is the same; under another, the file is gone.
    assert community.do(confirm_attendance_file, command, key="a key of its own") == done
    with pytest.raises(NotFound, match="import_file_unknown"):
        community.do(confirm_attendance_file, command, key="another key")


def test_no_more_than_some_files_are_kept_for_anybody(festival):
    community, _members, session_id = festival
    kept = [keep(community, session_id, f"member\nA{n}\n".encode(), minutes=5)[0]
            for n in range(imports.MOST_KEPT + 2)]  # fmt: skip

    def there(file_id: str) -> bool:
        try:
            community.read(imports.kept_file, file_id, "attendance", session_id)
        except NotFound:
            return False
        return True

    assert sum(there(file_id) for file_id in kept) == imports.MOST_KEPT
    assert there(kept[-1])


# --- members from a list -------------------------------------------------------------------------


def members_of(community: Community, data: bytes, **more: Any) -> Any:
    plan = community.read(plan_members, data, MemberOptions(**more))
    assert plan.lines == (
        len(plan.rows) + len(plan.already) + len(plan.left_out) + len(plan.problems)
    )
    return plan


def test_members_are_put_on_file_once(community):
    ann = community.member("Ann Lowe", "ann@example.org")
    data = (
        b"name,email,phone,joined_on,number\n"
        b"Ann Lowe,ANN@example.org,,,\n"
        b"Ben Hart,,020 7946 0000,2019-05-01,7\n"
        b"Cai Evans,cai@example.org,,,\n"
    )
    letters = count(community, OutboxMessage)
    plan = members_of(community, data)
    assert [line for line, _name in plan.already] == [2]
    assert community.do(apply_members, plan).added == 2
    (ben,) = community.read(people.members, search="Ben Hart")
    assert (ben.joined_on, ben.number) == (date(2019, 5, 1), ann.number + 1)
    assert community.do(apply_members, plan).added == 0
    again = members_of(community, data)
    assert (again.rows, len(again.already)) == ((), 3)
    # Nobody was written to: they are invited when somebody decides so.
    assert count(community, OutboxMessage) == letters


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Anne Lowe,,,", "member_near"),
        ("Ann Lowe,other@example.org,,", "member_same_name"),
        ("Somebody Else,ann@example.org,,", "member_other_name"),
        ("Dai Price,not an address,,", "email_wrong"),
        ("Dai Price,,2030-01-01,", "date_in_future"),
        ("Dai Price,,1/5/2020,", "date_wrong"),
        ("Dai Price,,,x7", "earlier_number_wrong"),
        (",dai@example.org,,", "text_missing"),
        ("Cai Evans,,,", "member_twice"),
        ("Dai Price,,,,x", "cells_too_many"),
    ],
)
def test_members_that_are_not_put_on_file(quiet, line, code):
    community, _session_id = quiet
    data = f"name,email,joined_on,number\nCai Evans,,,\n{line}\n".encode()
    plan = members_of(community, data)
    assert [(each.code, each.params["line"]) for each in plan.problems] == [(code, 3)]
    assert [row.line for row in members_of(community, data, leave_out=True).rows] == [2]


def test_somebody_of_the_same_name_is_decided_about(community):
    ann = community.member("Ann Lowe", "ann@example.org")
    data = b"name,email\nAnn Lowe,other@example.org\n"
    (question,) = members_of(community, data).questions
    assert [each.id for each in question.candidates] == [ann.member_id]
    same = members_of(community, data, who=(("Ann Lowe", str(ann.number)),))
    assert (same.rows, len(same.already)) == ((), 1)
    other = members_of(community, data, who=(("Ann Lowe", "new"),))
    assert community.do(apply_members, other).added == 1


def test_members_of_timeoverflow(community):
    """Its own row of an example; gender and birth are left behind."""
    data = (
        "1,2018-01-30,Hermione,Cadena,Muñoz,1,1989-03-16,622743103,691777984,user@example.com\n"
        "2,2018-01-31,Ana,,Ruiz,4,,,,\n"
        "3,2018-01-31,Short\n"
    ).encode()
    plan = members_of(community, data, layout="timeoverflow-in")
    assert [each.code for each in plan.problems] == ["cells_other_than"]
    plan = members_of(community, data, layout="timeoverflow-in", leave_out=True)
    assert [(row.name, row.number, row.phone) for row in plan.rows] == [
        ("Hermione Cadena Muñoz", "1", "622743103"), ("Ana Ruiz", "2", None),
    ]  # fmt: skip
    assert community.do(apply_members, plan).added == 2
    written = (
        "Número,Usuario,E-mail,Tel.,Tel. alt.,Alta,Último acceso,Idioma,Saldo\n"
        "2,Ana Ruiz Gil,,,,2018-01-31,,es,3600\n"
        "4,Pau Serra,pau@example.org,,,2018-02-01,,ca,0\n"
    ).encode()
    plan = members_of(community, written, layout="timeoverflow-out")
    assert ([row.name for row in plan.rows], len(plan.already)) == (["Pau Serra"], 1)


# --- any list at all -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quiet(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One community to plan on: planning changes nothing."""
    folder = tmp_path_factory.mktemp("quiet")
    path = shutil.copyfile(_migrated_file, folder / "timebank.db")
    built = Community(Database(name="sqlite", owner_url="", url=f"sqlite:///{path}"), folder)
    ann = built.member("Ann Lowe", "ann@example.org")
    built.member("Ben Hart")
    built.member("Ben Hart")
    session_id = built.session("Choir", on=ON)
    built.credit(session_id, [ann.member_id], minutes=60)
    yield built, session_id
    built.close()


LINES = st.lists(
    st.tuples(
        st.sampled_from(["Ann Lowe", "ann@example.org", "Ben Hart", "Cai", "An Lowe", "Skip Me",
                         "Ada Marsh", "9", "", "Zoë Dean", "Zoe Dean"]),
        st.sampled_from(["", "60", "90", "1.5", "2000"]),
        st.sampled_from(["", "2026-03-01", "1/3/2026", "2026-03-02"]),
        st.sampled_from(["", "paid_job", "x"]),
    ),
    min_size=1,
    max_size=20,
)  # fmt: skip


@given(
    lines=LINES,
    create=st.booleans(),
    leave_out=st.booleans(),
    dates=st.sampled_from(["iso", "dmy"]),
)
@settings(max_examples=60, deadline=None)
def test_every_line_is_accounted_for_exactly_once(quiet, lines, create, leave_out, dates):
    community, session_id = quiet
    if all(not any(cell for cell in line) for line in lines):
        return
    data = "member,minutes,date,capacity\n" + "".join(f"{','.join(line)}\n" for line in lines)
    options = ImportOptions(
        session_id=session_id, minutes=60, create_members=create, leave_out=leave_out, dates=dates,
        who=(("Skip Me", "skip"),),
    )  # fmt: skip
    plan = plan_of(community, data.encode(), options)
    assert plan.lines == sum(any(cell for cell in line) for line in lines)
    assert not (leave_out and plan.problems)
    assert len({row.member_id or row.name for row in plan.rows}) == len(plan.rows)
    assert not any(row.name == "Ada Marsh" for row in plan.rows)  # nobody's own hours
    assert len(plan.rows) <= attendance_csv.MOST_ROWS
