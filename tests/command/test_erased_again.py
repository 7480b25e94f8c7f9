"""A backup from before somebody was erased does not bring them back."""

from __future__ import annotations

from sqlalchemy import select

from tests.command.conftest import Place
from timebank import erasure_list, leaving
from timebank.models import Member, Person
from web.command.instance import open_instance

NAME = "Zebedee Quillfeather"


def names(place: Place) -> set[str]:
    with open_instance(place.settings) as instance, instance.reading() as unit:
        return set(unit.db.scalars(select(Person.name)))


def test_a_restore_erases_again_whoever_is_on_the_list(any_place: Place) -> None:
    any_place.run("member", "add", NAME, "--email", "zeb@example.org")
    before = any_place.data.parent / "before.zip"
    any_place.run("backup", before)
    with open_instance(any_place.settings) as instance:
        with instance.acting() as unit:
            person = unit.db.scalars(select(Person).where(Person.name == NAME)).one()
            unit.db.scalars(
                select(Member).where(Member.person_id == person.id)
            ).one().status = "left"
        with instance.acting() as unit:
            leaving.erase_person(unit, leaving.ErasePerson(person_id=person.id))
        erasure_list.keep(instance.database, instance.actor)
    assert NAME not in names(any_place)

    # Into another folder, with the list named.
    second = Place(data := any_place.data.parent / "second", {"TIMEBANK_DATA": str(data)})
    said = second.run("restore", before, "--erased", any_place.data / "erased.txt").output
    assert "1 person erased again" in said
    assert "The books hold" in said
    assert NAME not in names(second)
    assert (second.data / "erased.txt").exists()

    # Into an emptied folder where the list was left.
    third = Place(data := any_place.data.parent / "third", {"TIMEBANK_DATA": str(data)})
    third.data.mkdir()
    (third.data / "erased.txt").write_bytes((any_place.data / "erased.txt").read_bytes())
    third.run("restore", before)
    assert NAME not in names(third)

    # Without a list nothing can be known.
    fourth = Place(data := any_place.data.parent / "fourth", {"TIMEBANK_DATA": str(data)})
    fourth.run("restore", before)
    assert NAME in names(fourth)
