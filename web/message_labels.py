"""What channels, forms and states of messages are called on pages."""

from __future__ import annotations

from timebank.words import N_

# To a member about themselves, and to whoever asks them.
CHANNELS = {
    "mail": N_("By e-mail"),
    "text": N_("By text message"),
    "post": N_("By post"),
    "phone": N_("By telephone: somebody rings and reads it out"),
    "none": N_("Not at all: it can be asked for"),
}
CHANNELS_SHORT = {
    "mail": N_("E-mail"),
    "text": N_("Text message"),
    "post": N_("Post"),
    "phone": N_("Telephone"),
    "none": N_("Nothing"),
}
FORMS = {
    "standard": N_("Ordinary print"),
    "large_print": N_("Large print"),
    "easy_read": N_("Easy read: short sentences and pictures"),
    "script": N_("Read out loud"),
    "braille": N_("Braille"),
}
KINDS = {
    "statement_ready": N_("Statement"),
    "statement_paper": N_("Statement"),
    "checkpoint": N_("Where the books stood"),
}
STATUSES = {
    "waiting": N_("Tried again later"),
    "failed": N_("Given up"),
    "cancelled": N_("Not sent"),
}
LETTERS = {
    "printed": N_("Printed"),
    "posted": N_("Posted"),
    "returned": N_("Came back"),
}
LETTER_COLOURS = {"printed": "yellow", "posted": "green", "returned": "red"}
