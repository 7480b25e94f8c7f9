"""What the journeys find beside the sample: classes of their own, and languages passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from timebank import accounts, community, languages, people, redemptions, rewards
from timebank.models import Member, Person, Reward
from timebank.unit import NOBODY, Database, Unit

COORDINATOR, ADMINISTRATOR = "Helen Marsh", "Priya Shah"
POTTERY, BREAD, WALK = "Pottery for two mornings", "Bread for one", "A walk with the ranger"

CLASSES = (
    # Part-funded: the member pays the rest to who provides it.
    rewards.AddReward(
        kind="class", title=POTTERY, provider="Kiln Yard", price_minutes=90, cost_pence=1500,
        places=9, member_pays_pence=400, place="Riverside", access="Level, with a loop.",
    ),
    # One place, and it is taken.
    rewards.AddReward(
        kind="class", title=BREAD, provider="The bakery", price_minutes=60, places=1
    ),
    rewards.AddReward(
        kind="experience", title=WALK, provider="Riverside Wood", price_minutes=45, places=20
    ),
)  # fmt: skip
HOLDER = "Agnieszka Kowalska"  # of the only place


def set_up(database: Database) -> None:
    """Add the classes, take the one place, and pass every language there is a catalogue of."""
    for reward in CLASSES:
        by(database, COORDINATOR, rewards.add_reward, reward)
    by(database, HOLDER, _ask, BREAD)
    for code in languages.found()[1:]:
        by(database, ADMINISTRATOR, _pass, code)


def by(database: Database, name: str, function: Callable[[Unit, Any], Any], command: Any) -> Any:
    """Carry something out as somebody, in a locked unit of their own."""
    with database.reading(NOBODY) as unit:
        person_id = unit.db.scalars(select(Person.id).where(Person.name == name)).one()
        actor = people.actor_for(unit, person_id)
    with database.unit(actor) as unit:
        return function(unit, command)


def minutes_of(unit: Unit, name: str) -> int:
    """What somebody can use, from the books."""
    return unit.book.balance(accounts.member(member_id(unit, name)))


def member_id(unit: Unit, name: str) -> str:
    """The id of the one member of this name."""
    return unit.db.scalars(select(Member.id).join(Member.person).where(Person.name == name)).one()


def _ask(unit: Unit, title: str) -> None:
    reward = unit.db.scalars(select(Reward).where(Reward.title == title)).one()
    redemptions.request_redemption(
        unit,
        redemptions.RequestRedemption(
            reward_id=reward.id,
            reward_revision=reward.revision,
            member_id=unit.actor.member_id or "",
            information_version=community.policy(unit).version,
        ),
    )


def _pass(unit: Unit, code: str) -> None:
    passed = languages.PassLanguage(
        language=code, revision=0, passed_by_id=unit.actor.id, passed_on=unit.today
    )
    languages.pass_language(unit, passed)


def add_class(database: Database, title: str, *, minutes: int) -> str:
    """One more class, for a journey that needs a price of its own; its id."""
    added = rewards.AddReward(kind="class", title=title, price_minutes=minutes)
    return str(by(database, COORDINATOR, rewards.add_reward, added).reward_id)


def number_of(unit: Unit, name: str) -> int:
    """Somebody's member number."""
    return unit.db.scalars(
        select(Member.number).join(Member.person).where(Person.name == name)
    ).one()


def hand_over(unit: Unit, who: str) -> None:
    """Agree to everything a member asked for, and hand it over."""
    for found in redemptions.of_member(unit, who):
        if found.status == "requested":
            agree = redemptions.ApproveRedemption(redemption_id=found.id, revision=found.revision)
            moved = redemptions.approve_redemption(unit, agree)
            hand = redemptions.FulfilRedemption(redemption_id=found.id, revision=moved.revision)
            redemptions.fulfil_redemption(unit, hand)


def switch_off(unit: Unit, code: str) -> None:
    """Offer a language to nobody."""
    revision = languages.passed(unit)[code].revision
    languages.switch_language_off(
        unit, languages.SwitchLanguageOff(language=code, revision=revision)
    )
