"""Whom a file means: found by number, e-mail address or exact name, else asked about.

A name that is nearly somebody's, that several have, or that the file itself writes in two ways is
never guessed: it becomes a question, which a decision answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from timebank.errors import NotFound, RuleBroken, TimebankError
from timebank.member_list import MembersOnFile
from timebank.models import Member
from timebank.near_names import NearNames

NEW = "new"
SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A name to be decided about: it may be one of ``candidates``, or of ``also``, names that the
    file has too. ``code`` says why it is asked."""

    written: str
    lines: tuple[int, ...]
    code: str
    candidates: tuple[Member, ...]
    also: tuple[str, ...]


class LeftOut(TimebankError):
    """The line is left out, as was decided."""

    def __init__(self) -> None:
        super().__init__("line_left_out")


class WhoIsWho:
    """Finds the member a file means; ``questions`` are the names it could not decide about.

    ``decisions`` say for a name as it is written a member's number, ``new`` or ``skip``; nobody is
    new under a name that is on file. Without ``add_new`` who is not on file is refused.
    """

    def __init__(
        self,
        members: Sequence[Member],
        written: Iterable[str],
        *,
        add_new: bool,
        decisions: Iterable[tuple[str, str]] = (),
    ) -> None:
        # The other row of somebody who was on file twice leads nowhere.
        members = [member for member in members if member.status != "merged"]
        self._on_file = MembersOnFile(members)
        self._by_name: dict[str, list[Member]] = {}
        for member in members:
            self._by_name.setdefault(member.person.name, []).append(member)
        self._near = NearNames(name for name in self._by_name if name)
        self._in_file = NearNames(name for name in written if _is_name(name))
        self._add_new = add_new
        self._decisions: Mapping[str, str] = dict(decisions)
        self._asked: dict[str, Question] = {}

    @property
    def questions(self) -> tuple[Question, ...]:
        """What was asked so far, in the order of the file."""
        return tuple(self._asked.values())

    def find(self, written: str, line: int) -> Member | None:
        """The member meant by a name on a line; None for somebody new.

        Raises ``NotFound('member_not_on_file')``, ``RuleBroken`` (``member_ambiguous``,
        ``member_near``, ``member_written_twice``) for what is asked, and ``LeftOut``.
        """
        decided = self._decisions.get(written)
        if decided == SKIP:
            raise LeftOut
        if decided not in (None, NEW):
            return self._on_file.find(str(decided))
        same = self._by_name.get(written, [])
        if len(same) > 1:
            self.ask("member_ambiguous", written, line, same)
            raise RuleBroken("member_ambiguous", field="member", count=len(same))
        found = self._on_file.find(written)
        # Who was new the first time is on file the second: the same list adds nobody twice.
        if found is not None or decided == NEW:
            return found
        near = [each for name in self._near.near(written) for each in self._by_name[name]]
        also = self._in_file.near(written)
        if near:
            self.ask("member_near", written, line, near, also)
            names = ", ".join(f"{each.person.name} ({each.number})" for each in near)
            raise RuleBroken("member_near", field="member", names=names)
        if not self._add_new:
            self.ask("member_not_on_file", written, line)
            raise NotFound("member_not_on_file", field="member")
        if also:
            self.ask("member_written_twice", written, line, also=also)
            raise RuleBroken("member_written_twice", field="member", names=", ".join(also))
        return None

    def ask(
        self,
        code: str,
        written: str,
        line: int,
        candidates: Iterable[Member] = (),
        also: Iterable[str] = (),
    ) -> None:
        """Note a name, and one of its lines, as a question."""
        known = self._asked.get(written)
        self._asked[written] = Question(
            written=written,
            lines=(*(known.lines if known else ()), line),
            code=code,
            candidates=tuple(candidates),
            also=tuple(also),
        )


def _is_name(written: str) -> bool:
    return "@" not in written and not written.isdecimal()
