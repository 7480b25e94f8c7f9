"""Certificates of participation: made, shown, printed, and checked by whoever holds one."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import certificate_forms, certificates, people
from timebank.errors import NotAllowed
from web.access import PUBLIC, SIGNED_IN, access
from web.carrying_out import carried_out
from web.forms import Form, read_form
from web.schemas.messages import CheckCertificateSchema, IssueCertificateSchema
from web.units import current_actor, database, reading

pages = Blueprint("certificates", __name__)


@pages.get("/certificates")
@access("certificate.issue_own")
def mine() -> str:
    """One's own certificates, and two days for a new one."""
    return _list(current_actor().member_id or "", Form(), own=True)[0]


@pages.post("/certificates")
@access("certificate.issue_own")
def make_mine() -> Response | tuple[str, int]:
    """Make one's own: it says what is recorded, and nothing that anybody could choose."""
    return _make(current_actor().member_id or "", own=True)


@pages.get("/members/<member_id>/certificates")
@access("certificate.issue")
def theirs(member_id: str) -> str:
    """A member's certificates, and two days for a new one."""
    return _list(member_id, Form(), own=False)[0]


@pages.post("/members/<member_id>/certificates")
@access("certificate.issue")
def make_theirs(member_id: str) -> Response | tuple[str, int]:
    """Make one for a member."""
    return _make(member_id, own=False)


@pages.get("/certificates/<certificate_id>")
@access(SIGNED_IN)
def certificate(certificate_id: str) -> str:
    """One certificate, to read, print and keep."""
    with reading() as unit:
        found = certificates.certificate(unit, certificate_id)
        own = found.member_id == unit.actor.member_id
        return render_template(
            "certificates/certificate.html",
            found=found,
            said=certificate_forms.said(found, check_address=_check_address()),
            own=own,
        )


@pages.get("/certificates/<certificate_id>/<layout>.pdf")
@access(SIGNED_IN)
def file(certificate_id: str, layout: str) -> Response:
    """The same as PDF, set after the unit has closed."""
    if layout not in certificate_forms.LAYOUTS:
        abort(404)
    with reading() as unit:
        found = certificates.certificate(unit, certificate_id)
    made = certificate_forms.pdf(found, layout, check_address=_check_address())
    response = Response(made, content_type="application/pdf")
    name = f"certificate-{found.reference}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@pages.get("/check-certificate")
@access(PUBLIC)
def ask() -> tuple[str, int]:
    """The boxes for what stands on a copy."""
    return _check_page(Form())


@pages.post("/check-certificate")
@access(PUBLIC)
def check() -> tuple[str, int]:
    """One of two answers, and no word more."""
    form = read_form(CheckCertificateSchema, request.form)
    if form.command is None:
        return _check_page(form)
    try:
        together = certificates.belongs_together(database(), form.command)
    except NotAllowed as error:
        form.refuse(error)
        return _check_page(form)
    return _check_page(form, _("These three belong together") if together else _("They do not"))


def _check_address() -> str:
    return f"{database().settings.address}/check-certificate"


def _make(member_id: str, *, own: bool) -> Response | tuple[str, int]:
    form = read_form(IssueCertificateSchema, request.form, member_id=member_id)
    made = carried_out(form, certificates.issue_certificate)
    if made is not None:
        flash(_("Certificate %(reference)s is made.", reference=made.reference), "success")
        where = url_for(".certificate", certificate_id=made.certificate_id)
        return redirect(where, 303)
    return _list(member_id, form, own=own)


def _list(member_id: str, form: Form, *, own: bool) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        page = render_template(
            "certificates/certificates.html",
            member=found,
            person=found.person,
            certificates=certificates.of_member(unit, member_id),
            own=own,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _check_page(form: Form, answer: str | None = None) -> tuple[str, int]:
    page = render_template(
        "certificates/check.html", form=form, form_errors=form.errors, answer=answer
    )
    return page, form.status
