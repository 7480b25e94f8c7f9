"""Two members with full histories, and what must stay between one of them and the group.

``World`` is the sample community behind Flask's client. ``world.theirs(member)`` says from the
tables alone which rows are a member's: their person and member row, and every row with a foreign
key to one of those rows, at any distance. From it come the ids, words and figures that nobody else
may see (``secrets``), the ids to try in addresses and forms (``ids``), and what a request changed
(``harm``).
"""

from __future__ import annotations

import html
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint
from werkzeug.test import TestResponse

from tests.browser.site import START
from tests.cheap import Templates, hash_password
from tests.timebank.builders import FakeClock
from timebank import doors, people, settings
from timebank.erasure import PLAN
from timebank.models import Base
from timebank.roles import Actor
from timebank.sample_content import PASSWORD
from timebank.unit import NOBODY
from timebank.words import Words
from web.app import create_app

ID = re.compile(r"[0-9a-f]{32}")
MARK = "Quillfeather"
Row = dict[str, Any]
Rows = dict[str, dict[tuple[Any, ...], Row]]
# Notes of what somebody tried, and of their own browser: they may name whatever was asked for.
NOTES = {"sign_in", "failed_attempt", "command_receipt"}


@dataclass
class Theirs:
    """What is one member's: keys of rows by table, their ids by the name of a field, secrets."""

    member_id: str
    person_id: str
    keys: dict[str, set[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(set))
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    figures: set[str] = field(default_factory=set)

    @property
    def own_ids(self) -> set[str]:
        """The ids of the rows themselves."""
        return {part for keys in self.keys.values() for key in keys for part in key
                if isinstance(part, str) and ID.fullmatch(part)}  # fmt: skip


class World:
    """The sample community in a file of its own, which every request may spoil: see ``restore``."""

    def __init__(self, data: Path, **more: str) -> None:
        where = {"TIMEBANK_DATA": str(data), "TIMEBANK_ADDRESS": "https://time.example.org"}
        self.settings = settings.load({**where, **more})
        self.clock = FakeClock(START)
        self.app: Flask = create_app(self.settings, clock=self.clock)
        self.app.jinja_env.bytecode_cache = Templates()
        self.app.testing = True
        self.file = sqlite3.connect(data / "timebank.sqlite3", timeout=30)
        self.file.execute("PRAGMA synchronous = OFF")  # put back often, and never kept
        self.kept = sqlite3.connect(":memory:")
        self.tables: list[Table] = Base.metadata.sorted_tables
        self.cheap = hash_password(PASSWORD)

    @property
    def database(self) -> Any:
        """The application's own database."""
        return self.app.extensions["timebank"]

    def close(self) -> None:
        """Let go of the file."""
        self.database.dispose()
        self.file.close()
        self.kept.close()

    # --- who is who --------------------------------------------------------------------------

    def member_ids(self) -> dict[str, str]:
        """Every member's id by their name."""
        query = "SELECT name, member.id FROM member JOIN person ON person.id = person_id"
        return dict(self.file.execute(query).fetchall())

    def person_id(self, name_or_number: str) -> str:
        """Whose e-mail address or member number it is."""
        query = (
            "SELECT person.id FROM person LEFT JOIN member ON person_id = person.id"
            " WHERE email = ? OR number = ?"
        )
        ((found,),) = self.file.execute(query, (name_or_number, name_or_number)).fetchall()
        return str(found)

    def number(self, theirs: Theirs) -> str:
        """The member's number."""
        return str(self.before["member"][(theirs.member_id,)]["number"])

    def actor(self, person_id: str) -> Actor:
        """Somebody with their roles of today."""
        with self.database.reading(NOBODY) as unit:
            return people.actor_for(unit, person_id)

    def token(self, person_id: str) -> str:
        """A token for the API."""
        with self.database.unit(self.actor(person_id)) as unit:
            return doors.new_api_token(unit, person_id, "tests")

    def mark(self, theirs: Theirs) -> None:
        """Put a mark into everything that identifies a member, and into their words."""
        self.write(theirs, f"{MARK} Marklove", f"{MARK} wrote this")
        email = f"{MARK.lower()}@example.org"
        self.file.execute("UPDATE person SET email = ? WHERE id = ?", (email, theirs.person_id))
        self.file.commit()

    def write(self, theirs: Theirs, name: str, words: str) -> None:
        """Give a member this name, and put these words wherever words of or about them stand."""
        for step in PLAN:
            table = step.table.__table__
            where = " AND ".join(f"{column.name} = ?" for column in table.primary_key)
            for column in step.emptied.keys() - {"status", "language", "email"}:
                text = name if column in ("name", "title_words") else words
                for key in theirs.keys[table.name]:
                    update = f'UPDATE "{table.name}" SET {column} = ? WHERE {where}'
                    self.file.execute(update, (text, *key))
        self.file.commit()

    def send_again(self, theirs: Theirs, email: str) -> int:
        """Let everything that ever went to a member wait to be mailed; how much that is."""
        self.file.execute("UPDATE person SET email = ? WHERE id = ?", (email, theirs.person_id))
        now = int(self.clock().timestamp()) * 10**6
        again = (
            "UPDATE outbox SET status = 'waiting', channel = 'mail', attempts = 0, sent_at = NULL,"
            " letter_id = NULL, collected_in = NULL, leased_until = NULL, due_at = ?,"
            " created_at = ? WHERE person_id = ?"
        )
        found = self.file.execute(again, (now, now, theirs.person_id)).rowcount
        self.file.commit()
        return int(found)

    def let_in(self, person_id: str) -> None:
        """Give somebody the sample's password, cheaply."""
        self.file.execute("DELETE FROM password WHERE person_id = ?", (person_id,))
        self.file.execute(
            "INSERT INTO password (person_id, hash, changed_at) VALUES (?, ?, 0)",
            (person_id, self.cheap),
        )
        self.file.commit()

    def browser(self, name_or_number: str = "") -> Browser:
        """A browser; somebody is signed in when they are named."""
        return Browser(self, name_or_number)

    def one_of_each(self, theirs: Theirs, leave_out: set[str]) -> None:
        """Where a member has nothing of a sort, a copy of what somebody else has."""
        about = {"person": theirs.person_id, "member": theirs.member_id}
        for table in self.tables:
            to = {
                element.parent.name: about[constraint.referred_table.name]
                for constraint in table.foreign_key_constraints
                for element in constraint.elements
                if constraint.referred_table.name in about
            }
            rows = list(self.before[table.name].values())
            if to and rows and not theirs.keys[table.name] and table.name not in leave_out:
                row = {**rows[0], **{name: _afresh(table, name, v) for name, v in rows[0].items()}}
                row |= {name: value for name, value in to.items() if row[name] is not None}
                marks = ", ".join("?" * len(row))
                insert = f'INSERT INTO "{table.name}" ({", ".join(row)}) VALUES ({marks})'
                self.file.execute(insert, tuple(row.values()))
        self.file.commit()

    def missing(self, theirs: Theirs) -> list[Table]:
        """The tables about people and members in which a member has no row."""
        about = {"person", "member"}
        return [
            table
            for table in self.tables
            if about & {each.referred_table.name for each in table.foreign_key_constraints}
            and not theirs.keys[table.name]
        ]

    def one_more(self, theirs: Theirs, leave_out: set[str]) -> bool:
        """Whether a member has now a row in a table where they had none."""
        return any(
            any(self._points_at(theirs, table, row))
            for table in self.missing(theirs)
            if table.name not in leave_out
            for row in self._rows_of(table).values()
        )

    # --- what is there, and what was changed ----------------------------------------------------

    def keep(self) -> None:
        """From here on ``restore`` comes back to how things are now."""
        self.file.backup(self.kept)
        self.before = self.rows()
        self._version()

    def restore(self) -> None:
        """Everything as it was kept."""
        self.kept.backup(self.file)
        self._version()

    def _version(self) -> int:
        self.version = self.file.execute("PRAGMA data_version").fetchone()[0]
        return int(self.version)

    def changed(self) -> bool:
        """Whether anybody wrote since the last ``keep`` or ``restore``."""
        before = self.version
        return self._version() != before

    def rows(self) -> Rows:
        """Every row of every table, by its key."""
        return {table.name: self._rows_of(table) for table in self.tables}

    def _rows_of(self, table: Table) -> dict[tuple[Any, ...], Row]:
        names = [column.name for column in table.columns]
        found = self.file.execute(f'SELECT {", ".join(names)} FROM "{table.name}"')
        key = [names.index(column.name) for column in table.primary_key]
        return {tuple(row[i] for i in key): dict(zip(names, row, strict=True)) for row in found}

    def harm(self, theirs: Theirs) -> list[str]:
        """Which of a member's rows are otherwise than kept, and which new ones name theirs."""
        now, found = self.rows(), []
        named = theirs.own_ids | set(theirs.ids["account"])
        for name in self.before.keys() - NOTES:
            for key, row in self.before[name].items():
                if key in theirs.keys[name] and now[name].get(key) != row:
                    found.append(f"{name} {key} was changed")
            for key, row in now[name].items():
                if key not in self.before[name] and named & {str(x) for x in row.values()}:
                    found.append(f"{name}: a new row names them: {row}")
        return found

    # --- what is whose -----------------------------------------------------------------------

    def theirs(self, member_id: str) -> Theirs:
        """Everything that is one member's, as it was kept."""
        person_id = self.before["member"][(member_id,)]["person_id"]
        found = Theirs(member_id=member_id, person_id=person_id)
        found.keys["person"].add((person_id,))
        found.keys["ledger_account"] |= {
            key for key, row in self.before["ledger_account"].items()
            if row["name"] == f"member:{member_id}"
        }  # fmt: skip
        # Sorted so that what is pointed at comes first: one round finds everything.
        for table in self.tables:
            for key, row in self.before[table.name].items():
                if any(self._points_at(found, table, row)) or key in found.keys[table.name]:
                    found.keys[table.name].add(key)
                    self._note_ids(found, table, key, row)
        found.figures = self._figures(found)
        return found

    def _points_at(self, found: Theirs, table: Table, row: Row) -> Iterator[bool]:
        for constraint in table.foreign_key_constraints:
            target = constraint.referred_table
            names = {e.column.name: e.parent.name for e in constraint.elements}
            key = tuple(row[names[c.name]] for c in target.primary_key if c.name in names)
            # A transaction is everybody's whose account it touches; a posting is the account's.
            yield target.name != "ledger_transaction" and key in found.keys[target.name]

    @staticmethod
    def _note_ids(found: Theirs, table: Table, key: tuple[Any, ...], row: Row) -> None:
        values = {name: value for name, value in row.items()
                  if isinstance(value, str) and ID.fullmatch(value)}  # fmt: skip
        if len(key) == 1 and "id" in row:
            values[f"{table.name}_id"] = key[0]
        for name, value in values.items():
            if value not in found.ids[name]:
                found.ids[name].append(value)
        if table.name == "ledger_account":
            found.ids["account"].append(row["name"])

    def _figures(self, found: Theirs) -> set[str]:
        """The amounts and balances that are in this member's account and in no other, in words."""
        mine: set[int] = set()
        others: set[int] = set()
        for key, row in self.before["ledger_posting"].items():
            into = mine if key in found.keys["ledger_posting"] else others
            into |= {abs(row["amount"]), abs(row["balance"])}
        return {Words().duration(minutes) for minutes in mine - others if minutes % 15}


class Browser:
    """Flask's client with one person in it; forms carry the token that its pages give."""

    def __init__(self, world: World, name_or_number: str) -> None:
        self.world = world
        self.client = world.app.test_client()
        self.bearer = ""
        self.cookies = ""
        self.token = self._token("/sign-in")
        if name_or_number:
            fields = {"name_or_number": name_or_number, "password": PASSWORD}
            assert self.send("/sign-in", fields).status_code == 303, name_or_number
            self.token = self._token("/signing-in")
        # From here on the same ones in every request, whatever an answer may set: a password that
        # is changed, or signing out everywhere, is put back as everything is.
        sent = self.get("/sign-in").request.headers
        self.cookies = sent.get("Cookie", "")
        self.client = world.app.test_client(use_cookies=False)

    def _token(self, path: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert found, path
        return found[1]

    def get(self, path: str) -> TestResponse:
        """Open an address."""
        return self._open("GET", path)

    def send(self, path: str, fields: dict[str, Any]) -> TestResponse:
        """Send a form, with this browser's own token."""
        return self._open("POST", path, data={**fields, "csrf_token": self.token})

    def ask(self, method: str, path: str, body: Any = None) -> TestResponse:
        """One operation of the API, under a key of its own."""
        headers = {"Authorization": f"Bearer {self.bearer}", "Idempotency-Key": uuid4().hex}
        return self._open(method, path, json=body, headers=headers)

    def _open(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {**more.pop("headers", {}), **({"Cookie": self.cookies} if self.cookies else {})}
        address = self.world.settings.address
        return self.client.open(
            path, method=method, base_url=address, buffered=True, headers=headers, **more
        )


def leaks(answer: TestResponse, secrets: Iterable[str], asked: str) -> list[str]:
    """Which secrets stand in an answer; an id that was itself asked for may be said again."""
    found = f"{answer.headers.get('Location', '')}\n{answer.get_data().decode('utf-8', 'replace')}"
    return [each for each in secrets if each in found and each not in asked]


def _afresh(table: Table, name: str, value: Any) -> Any:
    """A new value where no two rows may have the same one."""
    alone = {constraint.columns.keys()[0] for constraint in table.constraints
             if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
             and len(constraint.columns) == 1}  # fmt: skip
    column = table.columns[name]
    if not (name in alone or column.unique) or column.foreign_keys:
        return value
    return uuid4().hex if isinstance(value, str) else None


def addresses_in(markup: str) -> set[str]:
    """The addresses on this site that a page leads to."""
    found = re.findall(r'\bhref="(/[^"#]*)', markup)
    return {html.unescape(each) for each in found if not each.startswith(("/static/", "//"))}
