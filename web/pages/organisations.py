"""Partner organisations: which there are, who looks after them, and who belongs to them."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import organisations, people
from timebank.unit import Unit
from web.access import access
from web.carrying_out import went_on
from web.forms import Form, read_form, shown
from web.overtaken import overtaken
from web.schemas.organisations import (
    AddOrganisationSchema,
    ChangeOrganisationSchema,
    EndOrganisationSchema,
    LinkMemberSchema,
    UnlinkMemberSchema,
)
from web.units import reading

pages = Blueprint("organisations", __name__)


def options(unit: Unit, *, none: str | None = None) -> list[tuple[str, str]]:
    """The partners of today to choose from; ``none`` is what no organisation is called."""
    first = [] if none is None or unit.actor.organisations is not None else [("", none)]
    return first + [(each.id, each.name) for each in organisations.organisations(unit)]


@pages.get("/organisations")
@access("organisation.change")
def all_of_them() -> tuple[str, int]:
    """Every partner, and the form for a new one."""
    return _list_page(Form())


@pages.post("/organisations")
@access("organisation.change")
def add() -> Response | tuple[str, int]:
    """Add a partner."""
    form = read_form(AddOrganisationSchema, request.form)
    done = _("The organisation is added.")
    return went_on(
        form, organisations.add_organisation, done, url_for(".all_of_them")
    ) or _list_page(form)


@pages.get("/organisations/<organisation_id>")
@access("organisation.change")
def organisation(organisation_id: str) -> tuple[str, int]:
    """One partner as it stands, to be changed, and who looks after it."""
    with reading() as unit:
        found = organisations.organisation(unit, organisation_id)
        form = shown(name=found.name, contact=found.contact, revision=found.revision)
    return _page(organisation_id, form)


@pages.post("/organisations/<organisation_id>")
@access("organisation.change")
def change(organisation_id: str) -> Response | tuple[str, int]:
    """Change its name or how to reach it."""
    form = read_form(ChangeOrganisationSchema, request.form, organisation_id=organisation_id)
    done = _("The organisation is changed.")
    where = url_for(".organisation", organisation_id=organisation_id)
    return went_on(form, organisations.change_organisation, done, where) or _page(
        organisation_id, form
    )


@pages.get("/organisations/<organisation_id>/end")
@access("organisation.change")
def ask_end(organisation_id: str) -> tuple[str, int]:
    """Check before a partnership is ended."""
    with reading() as unit:
        form = shown(revision=organisations.organisation(unit, organisation_id).revision)
    return _page(organisation_id, form, "organisations/end.html")


@pages.post("/organisations/<organisation_id>/end")
@access("organisation.change")
def end(organisation_id: str) -> Response | tuple[str, int]:
    """End it; its coordinators' roles end with it."""
    form = read_form(EndOrganisationSchema, request.form, organisation_id=organisation_id)
    done = _("The partnership is ended, and so are the roles of its coordinators.")
    return went_on(form, organisations.end_organisation, done, url_for(".all_of_them")) or _page(
        organisation_id, form, "organisations/end.html"
    )


@pages.get("/members/<member_id>/organisations")
@access("member.change")
def of_member(member_id: str) -> tuple[str, int]:
    """To which organisations a member belongs."""
    return _member_page(member_id, Form())


@pages.post("/members/<member_id>/organisations")
@access("member.change")
def link(member_id: str) -> Response | tuple[str, int]:
    """Add one, or end one."""
    ends = request.form.get("do") == "end"
    schema = UnlinkMemberSchema if ends else LinkMemberSchema
    function = organisations.unlink_member if ends else organisations.link_member
    sent = request.form.copy()
    sent.pop("do", None)
    form = read_form(schema, sent, member_id=member_id)
    done = _("They do not belong to it any more.") if ends else _("They belong to it now.")
    where = url_for(".of_member", member_id=member_id)
    return went_on(form, function, done, where) or _member_page(member_id, form)


def _list_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "organisations/organisations.html",
            found=organisations.organisations(unit, ended=True),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _page(
    organisation_id: str, form: Form, template: str = "organisations/organisation.html"
) -> tuple[str, int]:
    with reading() as unit:
        found = organisations.organisation(unit, organisation_id)
        now = {"name": found.name, "contact": found.contact, "revision": found.revision}
        titles = {"name": _("Name"), "contact": _("How to reach it")}
        if template.endswith("end.html"):
            titles = {}
        page = render_template(
            template,
            organisation=found,
            looks_after=organisations.coordinators(unit, found.id),
            overtaken=overtaken(unit, form, now, titles),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _member_page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        belongs = organisations.of_member(unit, member_id)
        ids = {each.id for each in belongs}
        page = render_template(
            "organisations/member.html",
            member=found,
            belongs=belongs,
            options=[each for each in options(unit) if each[0] not in ids],
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
