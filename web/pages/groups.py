"""Groups that hold hours: the list, one group, who speaks for it, and what it gets and gives."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import group_gifts, groups, people, statement_lines
from timebank.errors import NotAllowed
from timebank.group_gifts import GiveGroupHours
from timebank.member_list import TAKING_PART
from timebank.models import Member
from timebank.unit import Unit
from web.access import SIGNED_IN, access
from web.carrying_out import went_on
from web.errors import REFUSALS
from web.forms import Form, read_form, shown
from web.overtaken import overtaken
from web.pages.organisations import options
from web.schemas.groups import (
    AddGroupSchema,
    AddHolderSchema,
    AgreeToGiftSchema,
    ChangeGroupSchema,
    CloseGroupSchema,
    EndHolderSchema,
    GiveGroupHoursSchema,
    RefuseGroupGiftSchema,
)
from web.units import reading, run

pages = Blueprint("groups", __name__)


@pages.get("/groups")
@access(SIGNED_IN)
def all_of_them() -> tuple[str, int]:
    """The groups in sight with what they have; for those who look after them, a form too."""
    return _list_page(Form())


@pages.post("/groups")
@access("group.look_after")
def add() -> Response | tuple[str, int]:
    """Add a group."""
    form = read_form(AddGroupSchema, request.form)
    done = _("The group is added, and its account is open.")
    return went_on(form, groups.add_group, done, url_for(".all_of_them")) or _list_page(form)


@pages.get("/groups/<group_id>")
@access(SIGNED_IN)
def group(group_id: str) -> tuple[str, int]:
    """One group: its hours, who speaks for it, what it got and gave."""
    with reading() as unit:
        found = groups.group(unit, group_id)
        form = shown(name=found.name, two_holders=found.two_holders, revision=found.revision)
    return _page(group_id, form)


@pages.post("/groups/<group_id>")
@access("group.look_after")
def change(group_id: str) -> Response | tuple[str, int]:
    """Change its name and its rule, close it, or change who speaks for it."""
    schema, function, done = {
        "close": (CloseGroupSchema, groups.close_group, _("The group is closed.")),
        "name": (AddHolderSchema, groups.add_holder, _("They speak for the group now.")),
        "end": (EndHolderSchema, groups.end_holder, _("They do not speak for it any more.")),
    }.get(
        request.form.get("do", ""),
        (ChangeGroupSchema, groups.change_group, _("The group is changed.")),
    )
    form = read_form(schema, _without_do(), group_id=group_id)
    where = url_for(".group", group_id=group_id)
    return went_on(form, function, done, where) or _page(group_id, form)


@pages.get("/groups/<group_id>/give")
@access("group.look_after")
def give(group_id: str) -> tuple[str, int]:
    """To or from whom, and how much."""
    return _give_page(group_id, shown(to_group=request.args.get("to_group") == "yes"))


@pages.post("/groups/<group_id>/give")
@access("group.look_after")
def given(group_id: str) -> Response | tuple[str, int]:
    """First everything is read back, then it is recorded."""
    sent = request.form.copy()
    confirmed = sent.pop("confirmed", "") == "yes"
    form = read_form(GiveGroupHoursSchema, sent, group_id=group_id)
    if form.command is None:
        return _give_page(group_id, form)
    if not confirmed:
        return _check_page(form, form.command)
    try:
        made = run(group_gifts.give_hours, form.command, form.key)
    except (NotAllowed, *REFUSALS) as error:
        form.refuse(error)
        return _give_page(group_id, form)
    return redirect(url_for(".gift", group_id=group_id, gift_id=made.gift_id), 303)


@pages.get("/groups/<group_id>/gifts/<gift_id>")
@access(SIGNED_IN)
def gift(group_id: str, gift_id: str) -> tuple[str, int]:
    """One gift: where it stands, and for holders and coordinators the next step."""
    return _gift_page(group_id, gift_id, Form())


@pages.post("/groups/<group_id>/gifts/<gift_id>")
@access(SIGNED_IN)
def step(group_id: str, gift_id: str) -> Response | tuple[str, int]:
    """A holder agrees, or it is called off."""
    refuses = request.form.get("do") == "refuse"
    schema = RefuseGroupGiftSchema if refuses else AgreeToGiftSchema
    function = group_gifts.refuse_gift if refuses else group_gifts.agree_to_gift
    form = read_form(schema, _without_do(), gift_id=gift_id)
    done = _("It is called off.") if refuses else _("Noted.")
    where = url_for(".gift", group_id=group_id, gift_id=gift_id)
    return went_on(form, function, done, where) or _gift_page(group_id, gift_id, form)


def _without_do():  # type: ignore[no-untyped-def]
    sent = request.form.copy()
    sent.pop("do", None)
    return sent


def _list_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = groups.groups(unit, closed=True)
        looks_after = unit.actor.may("group.look_after")
        page = render_template(
            "groups/groups.html",
            found=found,
            minutes=groups.balances(unit, found),
            options=options(unit, none=_("No organisation")) if looks_after else [],
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _page(group_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = groups.group(unit, group_id)
        looks_after = groups.may_look_after(unit, found)
        now = {name: getattr(found, name) for name in ("name", "two_holders", "revision")}
        if form.values.get("name") is None:
            form.values.update(now)
        page = render_template(
            "groups/group.html",
            group=found,
            minutes=groups.balance(unit, group_id),
            gifts=group_gifts.of_group(unit, group_id),
            looks_after=looks_after,
            members=member_options(unit) if looks_after else [],
            overtaken=overtaken(unit, form, now, {}),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def member_options(unit: Unit) -> list[tuple[str, str]]:
    """The active members in sight to choose from, with their numbers."""
    return [("", _("Choose a member"))] + [
        (each.id, _("%(name)s, member %(number)s", name=each.person.name, number=each.number))
        for each in sorted(people.every_member(unit), key=_by_name)
        if each.status in TAKING_PART and each.id != unit.actor.member_id
    ]


def _by_name(member: Member) -> tuple[str, int]:
    return member.person.name.lower(), member.number


def _give_page(group_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = groups.looked_after(unit, group_id)
        page = render_template(
            "groups/give.html",
            group=found,
            minutes=groups.balance(unit, group_id),
            members=member_options(unit),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _check_page(form: Form, command: GiveGroupHours) -> tuple[str, int]:
    with reading() as unit:
        found = groups.looked_after(unit, command.group_id)
        page = render_template(
            "groups/check.html",
            group=found,
            member=people.member(unit, command.member_id),
            command=command,
            group_minutes=groups.balance(unit, command.group_id),
            member_minutes=statement_lines.balance(unit, command.member_id).available_minutes,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _gift_page(group_id: str, gift_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = group_gifts.gift(unit, gift_id)
        looks_after = groups.may_look_after(unit, found.group)
        agreed = {each.member_id for each in found.agreements}
        left = [
            each
            for each in found.group.holders
            if each.member_id not in agreed and each.member_id != found.member_id
        ]
        page = render_template(
            "groups/gift.html",
            gift=found,
            group=found.group,
            left=left,
            own=next((e for e in left if e.member_id == unit.actor.member_id), None),
            looks_after=looks_after and found.member_id != unit.actor.member_id,
            in_sight=groups.in_sight(unit, group_id),
            needed=group_gifts.NEEDED,
            overtaken=overtaken(unit, form, {"revision": found.revision}, {}),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
