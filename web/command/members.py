"""Members at the terminal: add, list, balance, and tokens for programs."""

from __future__ import annotations

import click

from timebank import doors, links, people, recovery, statements
from timebank.figures import CHOICES
from timebank.models import Person
from timebank.people import STATEMENTS_BY, AddMember
from timebank.unit import Unit
from web.command.instance import (
    count,
    find_member,
    key_option,
    open_instance,
    table,
    words,
)

PAGE = 500


@click.group()
def member() -> None:
    """Add and list members."""


@member.command("add")
@click.argument("name")
@click.option("--email", help="Their e-mail address; without one, statements are printed for them.")
@click.option("--phone", help="Their telephone number.")
@click.option("--address", help="Their postal address.")
@click.option(
    "--statement-by",
    type=click.Choice(STATEMENTS_BY),
    default="link",
    show_default=True,
    help="How statements reach them.",
)
@click.option(
    "--choice",
    type=click.Choice(CHOICES),
    default="accept",
    show_default=True,
    help="What happens with their hours unless they say otherwise.",
)
@click.option("--no-money-rewards", is_flag=True, help="They want no rewards with a money value.")
@key_option
def member_add(
    name: str,
    email: str | None,
    phone: str | None,
    address: str | None,
    statement_by: str,
    choice: str,
    no_money_rewards: bool,
    key: str | None,
) -> None:
    """Add a member called NAME and open their account."""
    command = AddMember(
        name=name,
        email=email,
        phone=phone,
        address=address,
        statement_by=statement_by,
        choice=choice,
        no_money_rewards=no_money_rewards,
    )
    with open_instance() as instance:
        added = instance.run(people.add_member, command, key)
        click.echo(f"{name} is member {added.number}.")
        if added.link_id is not None:
            with instance.reading() as unit:
                address = links.address_of(unit, added.link_id)
            click.echo(f"They can choose a password once, within 14 days, at {address}")


@member.command("list")
@click.option("--search", default="", help="Part of a name or e-mail address, or a number.")
def member_list(search: str) -> None:
    """List members with what they can use."""
    with open_instance() as instance, instance.reading() as unit:
        rows: list[tuple[object, ...]] = []
        while page := people.members(unit, search=search, limit=PAGE, offset=len(rows)):
            rows += [
                (
                    found.number,
                    found.person.name,
                    found.status,
                    words.duration(statements.balance(unit, found.id).available_minutes),
                )
                for found in page
            ]
    if rows:
        table(("Number", "Name", "Status", "Hours"), rows, right="Number,Hours")
    click.echo(count(len(rows), "member", "members"), err=True)


@click.command()
@click.argument("who", metavar="MEMBER")
def balance(who: str) -> None:
    """Say what MEMBER (number, e-mail address or whole name) can use."""
    with open_instance() as instance, instance.reading() as unit:
        found = find_member(unit, who)
        standing = statements.balance(unit, found.id)
        name = found.person.name
    click.echo(f"{name} has {words.duration(standing.available_minutes)} to use.")
    if standing.held_minutes:
        click.echo(f"{words.duration(standing.held_minutes)} more are set aside for requests.")


@click.group()
def token() -> None:
    """Tokens with which programs use the JSON API."""


@token.command("add")
@click.argument("who", metavar="PERSON")
@click.option("--label", default="", help="What the token is for, to recognise it by.")
def token_add(who: str, label: str) -> None:
    """Make a token that acts with the roles of PERSON, and print it once.

    PERSON is a member (number, e-mail address or whole name) or somebody who holds a role.
    """
    with open_instance() as instance:
        with instance.acting() as unit:
            made = doors.new_api_token(unit, _person(unit, who).id, label or "command line")
        click.echo(made)


def _person(unit: Unit, who: str) -> Person:
    holder = recovery.role_holder(unit, who)
    return holder if holder is not None else find_member(unit, who).person
