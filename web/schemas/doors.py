"""Signing in and choosing a password. No commands: loading gives the plain values."""

from __future__ import annotations

from web.schemas import CommandSchema
from web.schemas.fields import N_, Line, Secret


class SignInSchema(CommandSchema):
    """An e-mail address or member number, and the password."""

    name_or_number = Line(
        most=254, error_messages={"empty": N_("Enter your e-mail address or member number.")}
    )
    password = Secret(error_messages={"empty": N_("Enter your password.")})


class ChoosePasswordSchema(CommandSchema):
    """A new password; the door says whether it is long enough."""

    password = Secret(error_messages={"empty": N_("Enter a new password.")})


class ChangePasswordSchema(ChoosePasswordSchema):
    """The password that holds now, and a new one."""

    current_password = Secret(error_messages={"empty": N_("Enter the password you have now.")})


class SetUpCodeSchema(CommandSchema):
    """What the set-up page asks beside ``SetUpSchema``: the terminal's code and a password."""

    setup_code = Secret(error_messages={"empty": N_("Enter the code from the terminal.")})
    password = Secret(error_messages={"empty": N_("Enter a new password.")})


class NewTokenSchema(CommandSchema):
    """A label for a new API token, so that its owner knows it again."""

    label = Line(most=100, error_messages={"empty": N_("Enter what the token is for.")})
