"""What each command must come to, in plain Python: the judge of the simulation.

Members, sessions, rewards and redemptions are numbers from 0; member 0 is the coordinator who does
everything. ``carry_out`` returns the answer or raises ``Refused`` with the codes that the product
must refuse with, in their order, and then nothing has changed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
STEPS = {
    "approve": (("requested",), "approved"),
    "decline": (("requested",), "declined"),
    "cancel": (("requested", "approved"), "cancelled"),
    "fulfil": (("approved",), "fulfilled"),
    "undo": (("fulfilled",), "approved"),
}
Op = tuple[Any, ...]


class Refused(Exception):
    """The codes of the refusal: one, or one for each line that cannot be."""

    @property
    def codes(self) -> tuple[str, ...]:
        return self.args


class Model:
    """The whole time bank. ``mailed`` members have an address; a reward is (price, places)."""

    def __init__(self, now: datetime, members: int, mailed: set[int], rewards: list[Any]) -> None:
        self.now, self.newest, self.mailed, self.rewards = now, now, mailed, rewards
        self.accounts: dict[Any, list[tuple[datetime, int]]] = {
            name: [] for name in (*range(members), "issued", "held", "redeemed", "a", "b", "c")
        }
        self.sessions: list[dict[str, Any]] = []
        self.redemptions: list[dict[str, Any]] = []
        self.statements: list[list[tuple[date, int, int]]] = [[] for _ in range(members)]
        self.receipts: dict[str, tuple[Op, tuple[Any, ...]]] = {}
        self.posted: dict[str, tuple[Any, ...]] = {}
        self.transactions = self.letters = self.trail = 0

    def balance(self, account: Any) -> int:
        return sum(amount for _at, amount in self.accounts[account])

    @property
    def today(self) -> date:
        return self.now.astimezone(LONDON).date()

    def carry_out(self, key: str, op: Op) -> tuple[Any, ...]:
        keyless = op[0] in ("issue", "post")  # what they record carries its own key
        if key in self.receipts and not keyless:
            before, answer = self.receipts[key]
            if before != op:
                raise Refused("key_used")
            return answer
        answer = getattr(self, op[0])(*op[1:])
        if not keyless:
            self.receipts[key] = (op, answer)
            self.trail += 1
        return answer

    def _move(self, source: Any, target: Any, minutes: int) -> None:
        self.newest = max(self.now, self.newest)
        self.accounts[source].append((self.newest, -minutes))
        self.accounts[target].append((self.newest, minutes))
        self.transactions += 1

    def _tell(self, member: int) -> None:
        self.letters += member in self.mailed

    # --- commands -------------------------------------------------------------------------------

    def plan(self, number: int) -> tuple[Any, ...]:
        assert number == len(self.sessions)
        self.sessions.append({"on": self.today, "revision": 1, "there": {}, "waits": False})
        return ("planned",)

    def credit(self, number: int, revision: int, lines: tuple[Any, ...]) -> tuple[Any, ...]:
        session = self.sessions[number]
        if revision != session["revision"]:
            raise Refused("session_changed")
        if session["on"] > self.today:
            raise Refused("session_in_future")
        problems, seen = [], set()
        for member, minutes in lines:
            checks = {
                "line_twice": member in seen,
                "already_attended": member in session["there"],
                "already_waiting": member == 0 and session["waits"],
                "time_too_long": minutes > 24 * 60,
                "time_missing": minutes == 0,
            }
            problems += [code for code, wrong in checks.items() if wrong][:1]
            seen.add(member)
        if problems:
            raise Refused(*problems)
        # The coordinator's own line (member 0) waits for somebody else, and nothing moves.
        others = [(member, minutes) for member, minutes in lines if member != 0]
        if len(others) < len(lines):
            session["waits"] = True
            self.trail += 1
        for member, minutes in others:
            session["there"][member] = (1, minutes)
            self._move("issued", member, minutes)
            self._tell(member)
        session["revision"] += 1
        return (len(others), sum(minutes for _member, minutes in others))

    def correct(self, number: int, member: int, revision: int, minutes: int) -> tuple[Any, ...]:
        there = self.sessions[number]["there"]
        was, before = there[member]
        if revision != was:
            raise Refused("credit_changed")
        if minutes == before:
            raise Refused("nothing_changed")
        there[member] = (was + 1, minutes)
        if before:
            self._move(member, "issued", before)
        if minutes:
            self._move("issued", member, minutes)
        self._tell(member)
        return (was + 1, minutes, self.balance(member))

    def redeem(self, member: int, reward: int) -> tuple[Any, ...]:
        price, places = self.rewards[reward]
        closed = ("declined", "cancelled")
        same = [r for r in self.redemptions if r["reward"] == reward and r["status"] not in closed]
        if places is not None and len(same) >= places:
            raise Refused("places_gone")
        if self.balance(member) < price:
            raise Refused("hours_insufficient")
        self.redemptions.append(
            {"member": member, "reward": reward, "status": "requested", "revision": 1}
        )
        self._move(member, "held", price)
        self._tell(member)
        return (price, self.balance(member))

    def step(self, number: int, name: str, revision: int) -> tuple[Any, ...]:
        found = self.redemptions[number]
        before, after = STEPS[name]
        if revision != found["revision"] or found["status"] not in before:
            raise Refused("redemption_changed")
        if found["member"] == 0 and name != "cancel":
            raise Refused("own_redemption")
        member, price = found["member"], self.rewards[found["reward"]][0]
        moves = {"decline": ("held", member), "cancel": ("held", member)}
        moves |= {"fulfil": ("held", "redeemed"), "undo": ("redeemed", "held")}
        if name in moves:
            self._move(*moves[name], price)
        if name != "undo":
            self._tell(member)
        found["status"], found["revision"] = after, found["revision"] + 1
        return (after, found["revision"], self.balance(member))

    def issue(self, until_on: date) -> tuple[Any, ...]:
        """Issue the statements of the month that ends on that day; everybody joined in it."""
        end = datetime.combine(until_on + timedelta(days=1), time(), LONDON).astimezone(UTC)
        if end > self.now:
            raise Refused("period_not_ended")
        due = [member for member, issued in enumerate(self.statements) if not issued]
        for member in due:
            run = [amount for at, amount in self.accounts[member] if at < end]
            self.statements[member].append((until_on, len(run), sum(run)))
        self.letters += len(due)  # on paper to those without an address
        self.trail += bool(due)
        return (len(due),)

    def post(self, batch: tuple[Any, ...]) -> tuple[Any, ...]:
        """Transfers straight in the books: (key, source, target, minutes), all or none."""
        posted, change, replayed = dict(self.posted), dict.fromkeys("abc", 0), []
        for key, *transfer in batch:
            if key in posted and posted[key] != tuple(transfer):
                raise Refused("ledger_key_conflict")
            replayed.append(key in posted)
            if key not in posted:
                source, target, minutes = transfer
                if self.balance(source) + change[source] < minutes:
                    raise Refused("ledger_below_floor")
                change[source] -= minutes
                change[target] += minutes
                posted[key] = tuple(transfer)
        for key, *transfer in batch:
            if key not in self.posted:
                self.posted[key] = tuple(transfer)
                self._move(*transfer)
        return tuple(replayed)

    def state(self) -> dict[str, Any]:
        """Everything that must be in the database, comparable with ``World.state``."""
        return {
            "balances": {name: self.balance(name) for name in self.accounts},
            "transactions": self.transactions,
            "sessions": sorted((s["revision"], sorted(s["there"].items())) for s in self.sessions),
            "redemptions": sorted((r["member"], r["status"], r["revision"])
                                  for r in self.redemptions),
            "statements": self.statements,
            "receipts": sorted(self.receipts),
            "letters": self.letters,
            "trail": self.trail,
        }  # fmt: skip
