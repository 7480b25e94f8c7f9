"""Crediting a session: everybody who was there, in one request, all or nothing."""

from __future__ import annotations

from timebank import crediting
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.crediting import CreditSessionSchema

blp = Blueprint("crediting", __name__, description="Crediting hours")


@blp.route("/sessions/<id:session_id>/credit", methods=["POST"])
@access("session.credit")
@blp.keyed
@blp.arguments(CreditSessionSchema)
@blp.response(200, shapes.of_result(crediting.SessionCredited))
def credit_session(command: crediting.CreditSession, session_id: str) -> crediting.SessionCredited:
    """Credit people for a session, all of them or nobody.

    Nobody credits themselves. Errors about one person stand at ``lines.0``, ``lines.1`` and so on.
    """
    return run(crediting.credit_session, command)
