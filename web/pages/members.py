"""Members, for those who look after them: find, add, see, change, invite again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import links, people, redemptions, statement_lines, statements
from timebank.models import Member
from web import labels, people_labels, work_labels
from web.access import access
from web.carrying_out import ALL_REFUSALS, carried_out
from web.forms import Form, form_key, read_form, shown
from web.invitations import may_show, open_password_link
from web.overtaken import in_words, overtaken
from web.pages.account import say_line
from web.pages.organisations import options
from web.paging import paged
from web.schemas.people import (
    AddMemberSchema,
    ChangeChoicesSchema,
    ChangeMemberSchema,
    InvitePersonSchema,
)
from web.units import reading, run

pages = Blueprint("members", __name__)
LATEST = 10
LONGEST_SEARCH = 200


@pages.get("/members")
@access("member.view_all")
def members() -> str:
    """Everybody by name, or those who match a search."""
    search = request.args.get("q", "")[:LONGEST_SEARCH]
    with reading() as unit:
        page = paged(lambda limit, offset: people.members(
            unit, search=search, limit=limit, offset=offset))  # fmt: skip
        return render_template(
            "members/members.html", page=page, search=search.strip(), said=people_labels
        )


@pages.get("/members/add")
@access("member.add")
def new() -> str:
    """The form for somebody who joins."""
    return _add_page(shown(statement_by="link", choice="accept"))[0]


@pages.post("/members/add")
@access("member.add")
def add() -> Response | tuple[str, int]:
    """Put them on file; the link to choose a password is mailed, or shown to be handed over."""
    form = read_form(AddMemberSchema, request.form)
    added = carried_out(form, people.add_member)
    if added is not None:
        flash(_("%(name)s is on file as member %(number)s.",
                name=form.command.name, number=added.number), "success")  # fmt: skip
        return _after_invitation(added.member_id, added.link_id)
    return _add_page(form)


@pages.get("/members/<member_id>")
@access("member.view_all")
def member(member_id: str) -> str:
    """One member: hours in words, what happened lately, what was asked for, how to reach them."""
    with reading() as unit:
        found = people.member(unit, member_id)
        may_statements = unit.actor.may("statement.view_all")
        return render_template(
            "members/member.html",
            member=found,
            person=found.person,
            balance=statement_lines.balance(unit, member_id),
            lines=statement_lines.current_lines(unit, member_id, LATEST),
            asked=redemptions.of_member(unit, member_id)[:LATEST],
            statements=statements.of_member(unit, member_id) if may_statements else [],
            own=member_id == unit.actor.member_id,
            say=say_line,
            labels=labels,
            work=work_labels,
            said=people_labels,
            key=form_key(),
        )


@pages.get("/members/<member_id>/change")
@access("member.change")
def edit(member_id: str) -> str:
    """The details as they stand."""
    with reading() as unit:
        form = shown(**_details(people.member(unit, member_id)))
    return _change_page(member_id, form)[0]


@pages.post("/members/<member_id>/change")
@access("member.change")
def change(member_id: str) -> Response | tuple[str, int]:
    """Change them. Who holds a role is changed by who may grant roles, and the page says so."""
    form = read_form(ChangeMemberSchema, request.form, member_id=member_id)
    if carried_out(form, people.change_member, refusals=ALL_REFUSALS) is not None:
        flash(_("The details are changed."), "success")
        return redirect(url_for(".member", member_id=member_id), 303)
    return _change_page(member_id, form)


@pages.get("/members/<member_id>/choices")
@access("member.change")
def choices(member_id: str) -> str:
    """A member's standing choices, to change while they are on the phone."""
    with reading() as unit:
        form = shown(**standing_choices(people.member(unit, member_id)))
    return _choices_page(member_id, form)[0]


@pages.post("/members/<member_id>/choices")
@access("member.change")
def change_choices(member_id: str) -> Response | tuple[str, int]:
    """Change them for the member; what was credited before stays as it is."""
    form = read_form(ChangeChoicesSchema, request.form, member_id=member_id)
    if carried_out(form, people.change_choices) is not None:
        flash(_("The choices are saved."), "success")
        return redirect(url_for(".member", member_id=member_id), 303)
    return _choices_page(member_id, form)


@pages.post("/members/<member_id>/invite")
@access("member.change")
def invite(member_id: str) -> Response | tuple[str, int]:
    """Make a new link to choose a password: mailed, or shown to be handed over."""
    with reading() as unit:
        person_id = people.member(unit, member_id).person_id
    form = read_form(InvitePersonSchema, request.form, person_id=person_id)
    invited = run(people.invite_person, form.command, form.key)
    return _after_invitation(member_id, invited.link_id)


@pages.get("/members/<member_id>/invitation/<link_id>")
@access("member.change")
def invitation(member_id: str, link_id: str) -> str:
    """The single-use link on a page to print and hand over; opening it spends nothing."""
    with reading() as unit:
        found = people.member(unit, member_id)
        link = open_password_link(unit, found.person, link_id)
        return render_template(
            "members/invitation.html",
            name=found.person.name,
            number=found.number,
            address=links.address_of(unit, link.id) if link else None,
            link=link,
            back=url_for(".member", member_id=member_id),
        )


def _after_invitation(member_id: str, link_id: str | None) -> Response:
    """To the page with the link where no mail goes out, else back to the member."""
    with reading() as unit:
        person = people.member(unit, member_id).person
        by_hand = link_id is not None and may_show(unit, person)
    if by_hand:
        where = url_for(".invitation", member_id=member_id, link_id=link_id)
    else:
        flash(_("A link to choose a password goes to %(email)s.", email=person.email), "success")
        where = url_for(".member", member_id=member_id)
    return redirect(where, 303)


def _add_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "members/add.html",
            form=form,
            form_errors=form.errors,
            organisations=options(unit, none=_("No organisation")),
            labels=labels,
            work=work_labels,
        )
    return page, form.status


def _details(member: Member) -> dict[str, Any]:
    """What the page of details shows in its boxes."""
    in_person = ("name", "email", "phone", "address", "needs")
    in_member = ("statement_by", "revision")
    return {name: getattr(member.person, name) for name in in_person} | {
        name: getattr(member, name) for name in in_member
    }


def standing_choices(member: Member) -> dict[str, Any]:
    """What the pages of choices show in their boxes."""
    names = ("choice", "statement_by", "no_money_rewards", "revision")
    return {name: getattr(member, name) for name in names}


def choice_titles() -> dict[str, str]:
    """What the choices are called where they are compared."""
    return {
        "choice": _("Hours credited"),
        "statement_by": _("Statements"),
        "no_money_rewards": _("No rewards with a money value"),
    }


def say_choice(name: str, value: Any) -> str:
    """One of a member's details or choices in words."""
    return work_labels.named(_CODED[name], value) if name in _CODED else in_words(name, value)


_CODED = {
    "choice": work_labels.CHOICES_SHORT,
    "statement_by": work_labels.STATEMENTS_SHORT,
}


def _change_page(member_id: str, form: Form) -> tuple[str, int]:
    titles = {
        "name": _("Full name"),
        "email": _("E-mail address"),
        "phone": _("Phone number"),
        "address": _("Postal address"),
        "needs": _("What helps them take part"),
        "statement_by": _("Statements"),
    }
    return _form_page("members/change.html", member_id, form, _details, titles)


def _choices_page(member_id: str, form: Form) -> tuple[str, int]:
    return _form_page("members/choices.html", member_id, form, standing_choices, choice_titles())


def _form_page(
    template: str,
    member_id: str,
    form: Form,
    now: Callable[[Member], dict[str, Any]],
    titles: dict[str, str],
) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        page = render_template(
            template,
            member=found,
            name=found.person.name,
            overtaken=overtaken(unit, form, now(found), titles, say_choice),
            form=form,
            form_errors=form.errors,
            labels=labels,
            work=work_labels,
        )
    return page, form.status
