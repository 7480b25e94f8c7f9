"""Put members on file from a list: planned first, then all of them in one unit, or none.

Somebody on file already is left alone, so the same list twice adds nobody. No notice goes out:
whoever looks after them invites them when the time has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank import imports, organisations, people, texts
from timebank.choices import STATEMENTS_BY
from timebank.errors import Conflict, Rejected, RuleBroken, TimebankError
from timebank.figures import CHOICES
from timebank.member_files import LAYOUTS, MemberOptions, MemberRow, read
from timebank.models import EarlierNumber, Member, Person
from timebank.unit import Unit
from timebank.who_is_who import NEW, LeftOut, Question, WhoIsWho

__all__ = [
    "ConfirmMembersFile", "LAYOUTS", "MemberOptions", "MemberPlan", "MembersAdded",
    "apply_members", "confirm_members_file", "plan_members",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MemberPlan:
    """What an import would do; with ``problems`` (each with ``line``) it would do nothing.

    Of the list's ``lines`` each is one of ``rows`` (who would be added), ``already`` on file,
    ``left_out`` or one of ``problems``.
    """

    lines: int
    rows: tuple[MemberRow, ...]
    already: tuple[tuple[int, str], ...]
    left_out: tuple[TimebankError, ...]
    problems: tuple[TimebankError, ...]
    questions: tuple[Question, ...]
    data: bytes
    options: MemberOptions


@dataclass(frozen=True, kw_only=True)
class MembersAdded:
    """How many were put on file, and how many were there."""

    added: int
    already: int


def plan_members(unit: Unit, data: bytes, options: MemberOptions) -> MemberPlan:
    """Work an import out, in a unit of any kind; records nothing.

    Raises ``RuleBroken`` for what is wrong with the file as a whole (see ``member_files.read``).
    """
    unit.actor.require("member.add")
    file = read(data, options)
    planner = _Planner(unit, options, file.rows)
    problems: list[TimebankError] = [*file.problems]
    left_out: list[TimebankError] = []
    for row in file.rows:
        try:
            planner.add(row)
        except TimebankError as error:
            error.params |= {"line": row.line, "who": row.name}
            (left_out if isinstance(error, LeftOut) else problems).append(error)
    if options.leave_out:
        problems, left_out = [], left_out + problems
    return MemberPlan(
        lines=len(planner.rows) + len(planner.already) + len(left_out) + len(problems),
        rows=tuple(planner.rows),
        already=tuple(planner.already),
        left_out=tuple(sorted(left_out, key=lambda each: int(each.params["line"]))),
        problems=tuple(sorted(problems, key=lambda each: int(each.params["line"]))),
        questions=planner.who.questions,
        data=data,
        options=options,
    )


class _Planner:
    """Plans one line after another against everybody on file, whom it reads once."""

    def __init__(self, unit: Unit, options: MemberOptions, rows: Iterable[MemberRow]) -> None:
        self._unit = unit
        members = people.every_member(unit)
        self._by_email = {member.person.email: member for member in members if member.person.email}
        self._numbers = {each.number: each.member_id
                         for each in unit.db.scalars(select(EarlierNumber))}  # fmt: skip
        self._numbered = set(self._numbers.values())
        self._decided = dict(options.who)
        # Not only those in the actor's sight: an address belongs to one person.
        self._taken = set(unit.db.scalars(select(Person.email).where(Person.email.is_not(None))))
        self.who = WhoIsWho(
            members, (row.name for row in rows), add_new=True, decisions=options.who
        )
        self._first: dict[tuple[str, str], int] = {}
        self.rows: list[MemberRow] = []
        self.already: list[tuple[int, str]] = []

    def add(self, row: MemberRow) -> None:
        """Plan one line; raises what is wrong with it."""
        _check(row, self._unit.today)
        self._once("email", row.email, row.line)
        self._once("number", row.number, row.line)
        if not (row.email or row.number):
            self._once("name", row.name, row.line)
        if self._on_file(row):
            self.already.append((row.line, row.name))
        else:
            self.rows.append(row)

    def _once(self, column: str, value: str | None, line: int) -> None:
        if value is not None:
            first = self._first.setdefault((column, value), line)
            if first != line:
                raise RuleBroken("member_twice", field=column, first=first)

    def _on_file(self, row: MemberRow) -> bool:
        """Whether this is somebody on file: by earlier number, address or name, in this order."""
        if row.number is not None and row.number in self._numbers:
            return True
        if row.email is not None and (found := self._by_email.get(row.email)) is not None:
            if found.person.name != row.name:
                raise Conflict("member_other_name", field="email", name=found.person.name)
            return True
        if row.email in self._taken:
            raise Conflict("email_taken", field="email")
        named = self.who.find(row.name, row.line)
        return named is not None and self._same(row, named)

    def _same(self, row: MemberRow, named: Member) -> bool:
        """Of the same name; another address or another number make it a question."""
        other_email = row.email is not None and named.person.email is not None
        other = other_email or (row.number is not None and named.id in self._numbered)
        if (decided := self._decided.get(row.name)) is not None:
            return not (other and decided == NEW)
        if other:
            self.who.ask("member_same_name", row.name, row.line, [named])
            raise Conflict("member_same_name", field="name", number=named.number)
        return True


def _check(row: MemberRow, today: date) -> None:
    if row.joined_on is not None and row.joined_on > today:
        raise RuleBroken("date_in_future", field="joined_on")
    texts.one_of(row.statement_by, STATEMENTS_BY, "statement_by")
    texts.one_of(row.choice, CHOICES, "choice")


@dataclass(frozen=True, kw_only=True)
class ConfirmMembersFile:
    """Put on file whom a kept list holds, as it was looked at (its ``digest``)."""

    file_id: str
    digest: str


def confirm_members_file(unit: Unit, command: ConfirmMembersFile) -> MembersAdded:
    """Put a kept list on file, and delete it.

    Raises ``NotFound('import_file_unknown')``, ``Conflict('import_changed')`` when the list would
    now do something else than was shown, and what ``apply_members`` raises.
    """
    file = imports.kept_file(unit, command.file_id, "members")
    plan = plan_members(unit, file.content, imports.options_of(file, MemberOptions))
    imports.check_digest(command.digest, plan)
    done = apply_members(unit, plan)
    imports.discard(unit, file)
    return done


def apply_members(unit: Unit, plan: MemberPlan) -> MembersAdded:
    """Put on file who was planned, after planning it again under the lock.

    Raises ``Rejected`` with every problem there is; nobody is added then.
    """
    plan = plan_members(unit, plan.data, plan.options)
    if plan.problems:
        raise Rejected(list(plan.problems))
    organisation_id = organisations.chosen(unit, None)
    for row in plan.rows:
        person = people.new_person(unit, row.name, row.email, row.phone, row.address)
        member = people.new_member(
            unit,
            person,
            statement_by=row.statement_by,
            choice=row.choice,
            no_money_rewards=False,
            starting_hours=False,
        )
        organisations.link(unit, member, organisation_id)
        if row.joined_on is not None:
            member.joined_on = row.joined_on
        if row.number is not None:
            unit.db.add(EarlierNumber(number=row.number, member_id=member.id))
    return MembersAdded(added=len(plan.rows), already=len(plan.already))
