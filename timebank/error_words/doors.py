"""Signing in, and tokens."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "password_short": N_("A password needs at least %(least)s characters."),
    "password_wrong": N_("This is not your password. Type the one that you signed in with."),
    "password_long": N_("A password has at most %(most)s characters."),
    "sign_in_failed": N_(
        "That did not work. Check the e-mail address or member number, and the password."
    ),
    "sign_in_throttled": N_(
        "There were too many tries that did not work. Wait %(minutes)s minutes and try again, or"
        " ask a coordinator for a new link."
    ),
    "sign_in_card_unknown": N_(
        "That did not work. Check the letters and numbers on your card. If it is an old card, ask"
        " a coordinator for a new one."
    ),
    "passkey_failed": N_(
        "That did not work. Try again, or sign in another way: with a password, with a link by"
        " e-mail, or with a card."
    ),
    "passkey_not_added": N_("That did not work, and no passkey was added. Try again."),
    "passkey_shared": N_(
        "You said that other people use this device too. A passkey on it would let them in as you."
        " Add it on a device of your own."
    ),
    "passkey_unknown": N_("There is no such passkey. It may have been removed already."),
    "passkeys_many": N_(
        "You have %(most)s passkeys, and that is as many as there can be. Remove one first."
    ),
    "passkeys_not_here": N_("There are no passkeys at the address of this time bank."),
    "card_missing": N_("There is no card for this member, or it was stopped."),
    "own_card": N_("Nobody makes their own card. Ask another coordinator."),
    "link_throttled": N_(
        "A link was asked for several times. Look for it in your e-mail, also among unwanted"
        " messages, or wait %(minutes)s minutes and ask again."
    ),
    "check_throttled": N_(
        "There were too many tries. Wait %(minutes)s minutes and try again, or ask the group."
    ),
    "token_for_oneself": N_("A token for the API can only be made for oneself."),
    "token_unknown": N_("There is no such token."),
    "token_revoked": N_("This token was already ended."),
}
