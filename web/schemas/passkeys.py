"""What a browser answers when it is asked for a passkey."""

from __future__ import annotations

from timebank import passkeys
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Line, Secret, YesNo


class BrowsersAnswer(Secret):
    """What the browser made of our question, as JSON; the door says whether it is right."""

    most = 20_000
    default_error_messages = {
        "empty": N_(
            "Your browser sent no passkey. It needs JavaScript, and a device that can keep"
            " passkeys."
        ),
    }


class PasskeySignInSchema(CommandSchema):
    """An answer to sign in with; ``shared`` on a device that others use too."""

    credential = BrowsersAnswer()
    shared = YesNo(load_default=False)


class AddPasskeySchema(CommandSchema):
    """A new passkey, and what its owner calls it."""

    label = Line(
        most=passkeys.MOST_LETTERS,
        error_messages={"empty": N_("Enter a name for it, so that you know it again.")},
    )
    credential = BrowsersAnswer()


class RemovePasskeySchema(CommandSchema):
    """One of one's own passkeys that goes."""

    command = passkeys.RemovePasskey

    passkey_id = Id(from_path=True)


class StopPasskeysSchema(CommandSchema):
    """All passkeys of a member that go."""

    command = passkeys.StopPasskeys

    member_id = Id(from_path=True)
