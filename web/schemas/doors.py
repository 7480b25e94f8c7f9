"""Signing in and choosing a password. No commands: loading gives the plain values."""

from __future__ import annotations

from timebank import sign_in_cards
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Line, Secret, YesNo


class AskLinkSchema(CommandSchema):
    """Who asks for a link to sign in."""

    name_or_number = Line(
        most=254, error_messages={"empty": N_("Enter your e-mail address or member number.")}
    )


class SignInSchema(AskLinkSchema):
    """An e-mail address or member number, and the password; ``shared`` on a shared device."""

    shared = YesNo(load_default=False)
    password = Secret(error_messages={"empty": N_("Enter your password.")})


class CardCodeSchema(CommandSchema):
    """The code on a sign-in card."""

    code = Line(most=40, error_messages={"empty": N_("Enter the code on your card.")})
    shared = YesNo(load_default=False)


class SharedSchema(CommandSchema):
    """Whether others use this device too."""

    shared = YesNo(load_default=False)


class IssueCardSchema(CommandSchema):
    """A sign-in card for a member."""

    command = sign_in_cards.IssueCard

    member_id = Id(from_path=True)


class StopCardSchema(CommandSchema):
    """A member's sign-in card that is to stop."""

    command = sign_in_cards.StopCard

    member_id = Id(from_path=True)


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
