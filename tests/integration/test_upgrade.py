"""Upgrades of a database with a community's whole life in it, on both engines.

Later migrations than those there are stand in a temporary folder beside copies of ours.
"""

from __future__ import annotations

import importlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

import ledger.guards
import timebank.guards
from ledger.verify import verify
from migrations import runner
from tests.conftest import Database
from tests.integration.workers import context
from tests.timebank.builders import Community
from timebank import audit, corrections, redemptions, rewards, statements
from timebank.errors import RuleBroken
from timebank.figures import Figures
from timebank.unit import make_engine

HEADER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = {revision!r}, {before!r}
def upgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
"""
# Rebuilds tables on SQLite, others' foreign keys and our guards notwithstanding.
ADDS_COLUMNS = """
    for table in ("person", "member", "statement"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("colour", sa.Text(), server_default="blue"))
    op.create_table("colour", sa.Column("id", sa.Text(), primary_key=True))
"""
FAILS = """
    op.create_table("colour", sa.Column("id", sa.Text(), primary_key=True))
    op.execute("DELETE FROM outbox")
    op.execute("UPDATE statement SET closing_minutes = 0")
    op.execute("UPDATE ledger_posting SET amount = amount + 1")
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""
BREAKS_A_FOREIGN_KEY = """
    op.execute("DELETE FROM member")
"""
CHANGES_THE_BOOKS = """
    op.execute("UPDATE ledger_posting SET amount = amount + 1, balance = balance + 1"
               " WHERE account_seq = 1")
"""


@pytest.fixture
def lived(community: Community) -> Community:
    """A community in which everything happened: credits, a correction, redemptions, statements."""
    anna, ben = (community.member_actor(name) for name in ("Anna Bell", "Ben Hall"))
    session_id = community.session()
    community.credit(session_id, [anna.member_id, ben.member_id], minutes=180, key="credit-once")
    community.do(
        corrections.correct_credit,
        corrections.CorrectCredit(
            attendance_id=community.attendance_id(session_id, ben.member_id),
            revision=1,
            capacity="own_time",
            choice=None,
            figures=Figures(session_minutes=90),
            reason="wrong_time",
            words="He left early.",
        ),
    )
    reward = rewards.AddReward(kind="class", title="Pottery class", price_minutes=60)
    reward_id = community.do(rewards.add_reward, reward).reward_id
    for _ in range(2):
        command = redemptions.RequestRedemption(
            reward_id=reward_id,
            reward_revision=1,
            member_id=anna.member_id,
            information_version=1,
        )
        asked = community.do(redemptions.request_redemption, command, actor=anna)
    approve = redemptions.ApproveRedemption(redemption_id=asked.redemption_id, revision=1)
    community.do(redemptions.approve_redemption, approve)
    fulfil = redemptions.FulfilRedemption(redemption_id=asked.redemption_id, revision=2)
    community.do(redemptions.fulfil_redemption, fulfil)
    community.clock.forward(days=31)
    with community.unit() as unit:
        until_on = statements.last_ended(unit)
        assert statements.issue(unit, until_on).count == 3
    community.database.dispose()
    return community


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A function that adds one more migration for the runner, with this body; its revision."""
    folder = tmp_path / "scripts"
    shutil.copytree(Path(runner.__file__).parent, folder)
    newest = runner.newest()
    monkeypatch.setattr(runner, "__file__", str(folder / "runner.py"))

    def add(body: str) -> str:
        revision = f"{int(newest) + 1:04}"
        script = HEADER.format(revision=revision, before=newest) + body
        (folder / "versions" / f"{revision}_later.py").write_text(script, encoding="utf-8")
        return revision

    return add


def upgrade(database: Database, copies: Path | None = None) -> runner.Upgraded:
    return runner.upgrade(database.owner_url, instance_role=database.instance_role, copies=copies)


@contextmanager
def as_owner(database: Database) -> Iterator[Connection]:
    """A connection of the role that owns the tables; what it does is rolled back."""
    engine = make_engine(database.owner_url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def guard_problems(database: Database) -> list[str]:
    with as_owner(database) as connection:
        return runner.guard_problems(connection)


def everything(database: Database) -> dict[str, Any]:
    """Every column's name and type and every row of every table."""
    with as_owner(database) as connection:
        look = inspect(connection)
        return {
            table: (
                [(column["name"], str(column["type"])) for column in look.get_columns(table)],
                sorted(map(repr, connection.execute(text(f"SELECT * FROM {table}")))),
            )
            for table in look.get_table_names()
        }


def rows(connection: Connection, table: str, columns: list[str]) -> list[str]:
    query = f"SELECT {', '.join(columns)} FROM {table}"
    return sorted(map(repr, connection.execute(text(query))))


def works(community: Community) -> None:
    """Check that the books are proved and that people go on working."""
    assert community.read(audit.verify).findings == ()
    carl = community.member(f"Carl Moss {community.clock():%H%M}").member_id
    community.credit(community.session(), [carl])
    assert community.balance(carl) == 120
    assert community.read(audit.verify).findings == ()


def test_nothing_to_do_changes_nothing(lived, database, tmp_path):
    before = everything(database)
    done = upgrade(database, tmp_path / "copies")
    assert (done.before, done.after, done.copy) == (runner.newest(), runner.newest(), None)
    assert everything(database) == before
    assert guard_problems(database) == []
    works(lived)


def test_missing_guards_are_made_again(lived, database):
    before = everything(database)
    with as_owner(database) as connection:
        where = "" if database.name == "sqlite" else " ON ledger_posting"
        for name in guards_of_postings(connection):
            connection.execute(text(f"DROP TRIGGER {name}{where}"))
        connection.commit()
    assert guard_problems(database) != []
    upgrade(database)
    assert guard_problems(database) == []
    assert everything(database) == before
    works(lived)


def guards_of_postings(connection: Connection) -> list[str]:
    """The names of the triggers on the postings' table."""
    if connection.dialect.name == "sqlite":
        query = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_posting'"
        )
    else:
        query = (
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid = 'ledger_posting'::regclass"
        )
    return [str(row[0]) for row in connection.execute(text(query))]


def test_a_later_version_keeps_every_row_and_guard(lived, database, later, tmp_path):
    before = everything(database)
    was = runner.current(database.owner_url)
    revision = later(ADDS_COLUMNS)
    said: list[str] = []
    done = runner.upgrade(
        database.owner_url,
        instance_role=database.instance_role,
        copies=tmp_path / "copies",
        say=said.append,
    )
    assert (done.before, done.after) == (was, revision)
    assert guard_problems(database) == []
    with as_owner(database) as connection:
        before.pop("alembic_version")
        for table, (columns, expected) in before.items():
            assert rows(connection, table, [name for name, _type in columns]) == expected, table
        assert set(connection.execute(text("SELECT colour FROM member")).scalars()) == {"blue"}
        with pytest.raises(DBAPIError, match="never changed"):
            connection.execute(text("UPDATE statement SET closing_minutes = 0"))
    works(lived)
    if database.name == "sqlite":
        assert said == [str(done.copy)]
        assert copied(done.copy) == before["member"][1]
    else:
        assert (done.copy, said) == (None, [])


def copied(path: Path | None) -> list[str]:
    """The members in a copy, which is a whole and sound database."""
    assert path is not None
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found = sorted(map(repr, connection.execute("SELECT * FROM member")))
    connection.close()
    return found


@pytest.mark.parametrize("body", [FAILS, BREAKS_A_FOREIGN_KEY, CHANGES_THE_BOOKS])
def test_a_failing_upgrade_leaves_everything_as_it_was(lived, database, later, tmp_path, body):
    before = everything(database)
    was = runner.current(database.owner_url)
    later(body)
    with pytest.raises((DBAPIError, RuleBroken)) as caught:
        upgrade(database, tmp_path / "copies")
    if isinstance(caught.value, RuleBroken):
        assert caught.value.code == "upgrade_failed"
    else:
        assert body != CHANGES_THE_BOOKS, "the proof was to find it"
    assert everything(database) == before
    assert guard_problems(database) == []
    assert runner.current(database.owner_url) == was
    works(lived)


def as_it_was_at_0019(database: Database) -> None:
    """Take the database back to a table of transactions with its first two rules of uniqueness."""
    first = importlib.import_module("migrations.versions.0001_ledger")
    [table] = [each for each in first.SQLITE if "CREATE TABLE ledger_transaction (" in each]
    rules = "ADD CONSTRAINT uq_ledger_transaction_{0} UNIQUE ({0}_seq, book)"
    engine = make_engine(database.owner_url)
    with engine.connect() as connection:
        if database.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
        ledger.guards.drop(connection)
        timebank.guards.drop(connection)
        if database.name == "sqlite":
            for statement in (
                table.replace("ledger_transaction (", "was (", 1),
                "INSERT INTO was SELECT * FROM ledger_transaction",
                "DROP TABLE ledger_transaction",
                "ALTER TABLE was RENAME TO ledger_transaction",
                "CREATE INDEX ix_ledger_transaction_day "
                "ON ledger_transaction (occurred_on, book, seq)",
            ):
                connection.exec_driver_sql(statement)
        else:
            for name in ("reverses", "replaces"):
                connection.exec_driver_sql(f"DROP INDEX uq_ledger_transaction_{name}")
                change = f"ALTER TABLE ledger_transaction {rules.format(name)}"
                connection.exec_driver_sql(change)
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0019'")
        connection.commit()
    engine.dispose()


def test_the_table_of_transactions_built_anew_loses_nothing(lived, database, tmp_path):
    before = everything(database)
    with as_owner(database) as connection:
        proved = verify(connection)
    as_it_was_at_0019(database)
    done = upgrade(database, tmp_path / "copies")
    assert (done.before, done.after) == ("0019", runner.newest())
    assert everything(database) == before
    assert guard_problems(database) == []
    with as_owner(database) as connection:
        assert verify(connection) == proved
        if database.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert copied(done.copy) == before["member"][1]
    works(lived)


def test_a_newer_database_is_left_alone(lived, database, later, monkeypatch):
    revision = later(ADDS_COLUMNS)
    upgrade(database)
    before = everything(database)
    monkeypatch.undo()
    with pytest.raises(RuleBroken) as caught:
        upgrade(database)
    assert (caught.value.code, caught.value.params) == ("database_newer", {"revision": revision})
    assert everything(database) == before


def upgrade_when_told(answers: Any, barrier: Any, owner_url: str, role: str | None) -> None:
    """A process: upgrades an empty database at the same moment as another."""
    barrier.wait(60)
    try:
        done = runner.upgrade(owner_url, instance_role=role)
        answers.send((done.before, done.after))
    except Exception as error:
        answers.send(repr(error))


def test_two_processes_upgrade_an_empty_database_at_once(empty_database, tmp_path):
    made = context()
    barrier = made.Barrier(2)
    ours, theirs = made.Pipe(duplex=False)
    arguments = (theirs, barrier, empty_database.owner_url, empty_database.instance_role)
    processes = [made.Process(target=upgrade_when_told, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    try:
        answers = []
        for _ in processes:
            assert ours.poll(60)
            answers.append(ours.recv())
    finally:
        for process in processes:
            process.kill()
            process.join()
    newest = runner.newest()
    assert set(answers) <= {(None, newest), (newest, newest)}, answers
    assert guard_problems(empty_database) == []
    community = Community(empty_database, tmp_path / "data")
    works(community)
    community.close()
