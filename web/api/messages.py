"""Letters to print and post, people to ring, and certificates of participation."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from werkzeug.wrappers import Response

from timebank import calls, certificate_forms, certificates, letter_pdf, letters
from timebank.models import Certificate, Letter
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.schemas.messages import (
    IssueCertificateSchema,
    PostLettersSchema,
    ReadOutSchema,
)

blp = Blueprint("messages", __name__, description="Letters, calls and certificates")
_PDF = {"200": {"description": "The PDF.", "content": {"application/pdf": {}}}}


class EnvelopeShape(Schema):
    """Somebody for whom letters wait: how many, and since when."""

    person_id = shapes.text()
    name = shapes.text()
    messages = shapes.whole()
    since = shapes.instant()


class LettersFileShape(Schema):
    """One file of letters: how many are in it, were posted, and came back."""

    run_id = shapes.text()
    printed_at = shapes.instant()
    letters = shapes.whole()
    posted = shapes.whole()
    returned = shapes.whole()


class LetterShape(Schema):
    """One letter. ``status`` is ``printed``, ``posted`` or ``returned``."""

    id = shapes.text()
    run_id = shapes.text()
    place = shapes.whole()
    person_id = shapes.text()
    name = shapes.text()
    status = shapes.text()
    printed_at = shapes.instant()
    posted_at = fields.DateTime(required=True, allow_none=True, format="iso")
    returned_at = fields.DateTime(required=True, allow_none=True, format="iso")


class CallShape(EnvelopeShape):
    """Somebody to ring: from when, and how often nobody answered."""

    due_at = shapes.instant()
    tried = shapes.whole()


class ScriptShape(Schema):
    """What to read out, and how to ring them; send ``message_ids`` back when it was read."""

    person_id = shapes.text()
    name = shapes.text()
    how = shapes.text()
    text = shapes.text()
    message_ids = fields.List(fields.String(), required=True)


class CertificateShape(Schema):
    """A certificate of the days from ``from_on`` to ``until_on``, both included."""

    id = shapes.text()
    reference = shapes.text()
    member_id = shapes.text()
    from_on = shapes.day()
    until_on = shapes.day()
    minutes = shapes.whole()
    content_sha256 = shapes.text()
    issued_at = shapes.instant()


class CertificateWithContentShape(CertificateShape):
    """A certificate with its content as it was issued, which never changes and has no name."""

    content = fields.Dict(required=True)


class LettersFileLettersShape(Schema):
    """All letters of one file, in their order."""

    items = fields.List(fields.Nested(LetterShape), required=True)


EnvelopesPage = shapes.listed(EnvelopeShape)
FilesPage = shapes.listed(LettersFileShape)
CallsPage = shapes.listed(CallShape)
CertificatesPage = shapes.listed(CertificateShape)


# --- letters ------------------------------------------------------------------------------------


@blp.route("/letters")
@access("message.deliver")
@blp.arguments(PageQuery, location="query")
@blp.response(200, FilesPage)
def list_files(query: dict[str, Any]) -> dict[str, Any]:
    """List the files of letters, the newest first."""
    with units.reading() as unit:
        return page(letters.runs(unit, query["offset"] + query["limit"] + 1)[query["offset"]:],
                    query)  # fmt: skip


@blp.route("/letters/waiting")
@access("message.deliver")
@blp.arguments(PageQuery, location="query")
@blp.response(200, EnvelopesPage)
def list_waiting(query: dict[str, Any]) -> dict[str, Any]:
    """List for whom letters wait, the longest first."""
    with units.reading() as unit:
        found = letters.waiting(unit, query["offset"] + query["limit"] + 1)[query["offset"] :]
        return page([_of_person(each, ("messages", "since")) for each in found], query)


@blp.route("/letters", methods=["POST"])
@access("message.deliver")
@blp.may_be_keyed
@blp.response(201, shapes.of_result(letters.LettersPrinted))
def print_letters() -> letters.LettersPrinted:
    """Make a file of the letters that wait; nothing in it is printed twice."""
    return run(letters.print_letters, letters.PrintLetters(), keyed=False)


@blp.route("/letters/<id:run_id>")
@access("message.deliver")
@blp.response(200, LettersFileLettersShape)
def list_letters(run_id: str) -> dict[str, Any]:
    """List the letters of one file, in their order."""
    with units.reading() as unit:
        return {"items": [_letter_json(each) for each in letters.letters(unit, run_id)]}


@blp.route("/letters/<id:run_id>/pdf")
@access("message.deliver")
@blp.doc(responses=_PDF)
def letters_file(run_id: str) -> Response:
    """Read one file of letters as PDF, to print."""
    with units.reading() as unit:
        sheets = letter_pdf.sheets(unit, run_id)
    return _pdf(sheets.pdf(), f"letters-{sheets.made_on.isoformat()}.pdf")


@blp.route("/letters/<id:run_id>/posted", methods=["POST"])
@access("message.deliver")
@blp.may_be_keyed
@blp.arguments(PostLettersSchema)
@blp.response(200, shapes.of_result(letters.LettersPosted))
def post_letters(command: letters.PostLetters, run_id: str) -> letters.LettersPosted:
    """Tick letters that were posted."""
    return run(letters.post_letters, command, keyed=False)


@blp.route("/posted-letters/<id:letter_id>/returned", methods=["POST"])
@access("message.deliver")
@blp.may_be_keyed
@blp.response(200, shapes.of_result(letters.LetterReturned))
def return_letter(letter_id: str) -> letters.LetterReturned:
    """Note a letter that came back: nothing more is posted there until somebody has asked."""
    return run(letters.return_letter, letters.ReturnLetter(letter_id=letter_id), keyed=False)


# --- calls --------------------------------------------------------------------------------------


@blp.route("/calls")
@access("message.deliver")
@blp.arguments(PageQuery, location="query")
@blp.response(200, CallsPage)
def list_calls(query: dict[str, Any]) -> dict[str, Any]:
    """List whom to ring, those who are due first."""
    with units.reading() as unit:
        found = calls.waiting(unit)[query["offset"] : query["offset"] + query["limit"] + 1]
        names = ("messages", "since", "due_at", "tried")
        return page([_of_person(each, names) for each in found], query)


@blp.route("/calls/<id:person_id>")
@access("message.deliver")
@blp.response(200, ScriptShape)
def read_script(person_id: str) -> dict[str, Any]:
    """Read what to say to one person."""
    with units.reading() as unit:
        return _of_person(calls.script(unit, person_id), ("how", "text", "message_ids"))


@blp.route("/calls/<id:person_id>/read", methods=["POST"])
@access("message.deliver")
@blp.may_be_keyed
@blp.arguments(ReadOutSchema)
@blp.response(200, shapes.of_result(calls.Rung))
def read_out(command: calls.ReadOut, person_id: str) -> calls.Rung:
    """Tick what was read out; what came meanwhile still waits."""
    return run(calls.read_out, command, keyed=False)


@blp.route("/calls/<id:person_id>/not-answered", methods=["POST"])
@access("message.deliver")
@blp.may_be_keyed
@blp.response(200, shapes.of_result(calls.Rung))
def nobody_answered(person_id: str) -> calls.Rung:
    """Note that nobody answered; they are on the list again the next day."""
    return run(calls.nobody_answered, calls.NobodyAnswered(person_id=person_id), keyed=False)


# --- certificates -------------------------------------------------------------------------------


@blp.route("/me/certificates")
@access("certificate.issue_own")
@blp.arguments(PageQuery, location="query")
@blp.response(200, CertificatesPage)
def own_certificates(query: dict[str, Any]) -> dict[str, Any]:
    """List your certificates, the newest first."""
    return _certificates(own_member_id(), query)


@blp.route("/me/certificates", methods=["POST"])
@access("certificate.issue_own")
@blp.may_be_keyed
@blp.arguments(IssueCertificateSchema)
@blp.response(201, shapes.of_result(certificates.CertificateIssued))
def issue_own(command: certificates.IssueCertificate) -> certificates.CertificateIssued:
    """Make a certificate of your own participation."""
    return run(certificates.issue_certificate, command, keyed=False)


@blp.route("/members/<id:member_id>/certificates")
@access("certificate.issue")
@blp.arguments(PageQuery, location="query")
@blp.response(200, CertificatesPage)
def their_certificates(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """List a member's certificates, the newest first."""
    return _certificates(member_id, query)


@blp.route("/members/<id:member_id>/certificates", methods=["POST"])
@access("certificate.issue")
@blp.may_be_keyed
@blp.arguments(IssueCertificateSchema)
@blp.response(201, shapes.of_result(certificates.CertificateIssued))
def issue_for(
    command: certificates.IssueCertificate, member_id: str
) -> certificates.CertificateIssued:
    """Make a certificate for a member."""
    return run(certificates.issue_certificate, command, keyed=False)


@blp.route("/certificates/<id:certificate_id>")
@access(SIGNED_IN)
@blp.response(200, CertificateWithContentShape)
def read_certificate(certificate_id: str) -> dict[str, Any]:
    """Read one certificate: your own, or any if you may issue them."""
    with units.reading() as unit:
        found = certificates.certificate(unit, certificate_id)
        return _certificate_json(found) | {"content": certificates.content_of(found)}


@blp.route("/certificates/<id:certificate_id>/pdf")
@access(SIGNED_IN)
@blp.doc(responses=_PDF)
def certificate_file(certificate_id: str) -> Response:
    """Read one certificate as PDF."""
    with units.reading() as unit:
        found = certificates.certificate(unit, certificate_id)
    address = f"{units.database().settings.address}/check-certificate"
    made = certificate_forms.pdf(found, certificate_forms.LAYOUTS[0], check_address=address)
    return _pdf(made, f"certificate-{found.reference}.pdf")


def _certificates(member_id: str, query: dict[str, Any]) -> dict[str, Any]:
    with units.reading() as unit:
        found = certificates.of_member(unit, member_id)[query["offset"] :]
        return page([_certificate_json(each) for each in found[: query["limit"] + 1]], query)


def _certificate_json(found: Certificate) -> dict[str, Any]:
    return {name: getattr(found, name) for name in CertificateShape().fields}


def _letter_json(letter: Letter) -> dict[str, Any]:
    names = LetterShape().fields.keys() - {"name"}
    return {name: getattr(letter, name) for name in names} | {"name": letter.person.name}


def _of_person(found: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What is said of something that waits for a person, with who they are."""
    said = {name: getattr(found, name) for name in names}
    return said | {"person_id": found.person.id, "name": found.person.name}


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
