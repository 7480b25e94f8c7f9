"""Who holds which role: give one, end one, and put somebody on file who is no member."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import directory, links, organisations, people
from timebank.errors import NotFound
from timebank.models import Person
from timebank.unit import Unit
from web import work_labels
from web.access import access
from web.carrying_out import ALL_REFUSALS, carried_out
from web.forms import Form, read_form, shown
from web.invitations import may_show, open_password_link
from web.pages.community import person_options
from web.pages.organisations import options
from web.schemas.people import (
    AddPersonSchema,
    EndRoleSchema,
    GrantRoleSchema,
    InvitePersonSchema,
)
from web.units import reading, run

pages = Blueprint("roles", __name__)


@pages.get("/roles/grant")
@access("role.grant")
def new() -> tuple[str, int]:
    """Who holds which role today, and the form to give one."""
    return _page(shown(person_id=request.args.get("person", "")))


@pages.post("/roles/grant")
@access("role.grant")
def grant() -> Response | tuple[str, int]:
    """Give a role from today."""
    form = read_form(GrantRoleSchema, request.form)
    if carried_out(form, people.grant_role, refusals=ALL_REFUSALS) is not None:
        flash(_("The role is given, from now on."), "success")
        return redirect(url_for(".new"), 303)
    return _page(form)


@pages.get("/roles/end")
@access("role.grant")
def ask_end() -> tuple[str, int]:
    """Check before a role is ended."""
    return _end_page(shown(person_id=request.args.get("person", ""),
                           role=request.args.get("role", ""),
                           organisation_id=request.args.get("organisation", "")))  # fmt: skip


@pages.post("/roles/end")
@access("role.grant")
def end() -> Response | tuple[str, int]:
    """End a role today."""
    form = read_form(EndRoleSchema, request.form)
    if carried_out(form, people.end_role, refusals=ALL_REFUSALS) is not None:
        flash(_("The role is ended, from now on."), "success")
        return redirect(url_for(".new"), 303)
    return _end_page(form)


@pages.get("/people/add")
@access("role.grant")
def new_person() -> tuple[str, int]:
    """The form for somebody who is no member: staff, a trustee, the second approver."""
    return _person_page(Form())


@pages.post("/people/add")
@access("role.grant")
def add_person() -> Response | tuple[str, int]:
    """Put them on file; then they can be given a role."""
    form = read_form(AddPersonSchema, request.form)
    added = carried_out(form, people.add_person)
    if added is not None:
        flash(_("%(name)s is on file.", name=form.command.name), "success")
        with reading() as unit:
            by_hand = may_show(unit, unit.db.get_one(Person, added.person_id))
        if by_hand and added.link_id:
            where = url_for(".invitation", person_id=added.person_id, link_id=added.link_id)
        else:
            where = url_for(".new", person=added.person_id)
        return redirect(where, 303)
    return _person_page(form)


@pages.post("/people/invite")
@access("role.grant")
def invite() -> Response | tuple[str, int]:
    """A new password link for somebody on file, member or not, who lost theirs."""
    person_id = request.form.get("invited", "")
    if not person_id:
        form = shown()
        form.errors["invited"] = [_("Choose who needs a new password.")]
        form.status = 422
        return _page(form)
    form = read_form(InvitePersonSchema, request.form, person_id=person_id)
    invited = run(people.invite_person, form.command, form.key)
    with reading() as unit:
        by_hand = may_show(unit, unit.db.get_one(Person, invited.person_id))
    if by_hand and invited.link_id:
        return redirect(
            url_for(".invitation", person_id=invited.person_id, link_id=invited.link_id), 303
        )
    flash(_("A link to choose a new password is on its way by mail."), "success")
    return redirect(url_for(".new"), 303)


@pages.get("/people/<person_id>/invitation/<link_id>")
@access("role.grant")
def invitation(person_id: str, link_id: str) -> str:
    """The single-use link on a page to print and hand over."""
    with reading() as unit:
        person = unit.db.get(Person, person_id)
        if person is None:
            raise NotFound("person_unknown")
        link = open_password_link(unit, person, link_id)
        return render_template(
            "members/invitation.html",
            name=person.name,
            number=None,
            address=links.address_of(unit, link.id) if link else None,
            link=link,
            back=url_for(".new", person=person_id),
        )


def _page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "roles/grant.html",
            form=form,
            form_errors=form.errors,
            holders=people.roles_held(unit),
            persons=[("", _("Choose somebody")), *person_options(unit)],
            organisations=options(unit, none=_("The whole group")),
            named={each.id: each.name for each in organisations.organisations(unit)},
            work=work_labels,
        )
    return page, form.status


def _end_page(form: Form) -> tuple[str, int]:
    person_id = form.values.get("person_id", "")
    role = form.values.get("role", "")
    with reading() as unit:
        name = directory.names(unit, [person_id]).get(person_id)
        if not name or role not in work_labels.ROLES:
            raise NotFound("person_unknown")
        page = render_template(
            "roles/end.html",
            form=form,
            form_errors=form.errors,
            name=name,
            organisation=_organisation(unit, form.values.get("organisation_id", "")),
            work=work_labels,
        )
    return page, form.status


def _organisation(unit: Unit, organisation_id: str) -> str:
    """What the organisation of a role is called; "" for the whole group."""
    return organisations.organisation(unit, organisation_id).name if organisation_id else ""


def _person_page(form: Form) -> tuple[str, int]:
    page = render_template("roles/person.html", form=form, form_errors=form.errors)
    return page, form.status
