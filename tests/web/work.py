"""Short ways for tests of the pages of those who look after a time bank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import event

from tests.web.conftest import Page, Web
from timebank import people
from timebank.people import MemberAdded

ADMIN = "ada@example.org"


def staff(web: Web, name: str, role: str = "coordinator") -> MemberAdded:
    """A member with a role and a password."""
    added = web.member(name)
    web.community.do(people.grant_role, people.GrantRole(person_id=added.person_id, role=role))
    return added


def choose(web: Web, session_id: str, *members: MemberAdded) -> Page:
    """From "who came" to the table of times."""
    path = f"/sessions/{session_id}/credit"
    hidden = web.get(path).hidden
    return web.send(path, {**hidden, "do": "times", "member": [m.member_id for m in members]})


def times(page: Page, rows: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The fields of the table as a browser sends them: ``rows`` by member id and box."""
    data = dict(page.hidden)
    lines = {value: name for name, value in data.items() if name.endswith("-member_id")}
    for member_id, boxes in rows.items():
        line = lines[member_id].removesuffix("member_id")
        data |= {line + name: text for name, text in boxes.items()}
    return data


def check(web: Web, session_id: str, page: Page, rows: Mapping[str, Mapping[str, str]]) -> Page:
    """From the table of times to the check page."""
    return web.send(f"/sessions/{session_id}/credit", {**times(page, rows), "do": "check"})


@contextmanager
def queries(web: Web) -> Iterator[list[str]]:
    """The statements that the application sends to the database meanwhile, with nothing kept."""
    sent: list[str] = []
    web.app.extensions["timebank"].unchanged.close()

    def note(_connection, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
        sent.append(statement)

    engine = web.app.extensions["timebank"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
