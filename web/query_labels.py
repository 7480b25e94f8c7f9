"""What the codes of queries, proposed corrections and follow-ups are called on pages."""

from __future__ import annotations

from timebank.words import N_

SUBJECTS = {
    "posting": N_("A line in the account"),
    "attendance": N_("Time recorded for a session"),
    "redemption": N_("Something asked for"),
    "statement": N_("A statement"),
    "person": N_("How somebody was treated"),
    "other": N_("Something else"),
}
STATUSES = {
    "open": N_("Waiting for an answer"),
    "answered": N_("Answered"),
    "resolved": N_("Decided"),
    "appealed": N_("Being looked at again"),
    "closed": N_("Closed"),
}
COLOURS = {
    "open": "yellow",
    "answered": "blue",
    "resolved": "green",
    "appealed": "orange",
    "closed": "grey",
}
OUTCOMES = {
    "put_right": N_("It was put right"),
    "explained": N_("It was explained"),
    "as_recorded": N_("It stays as it was recorded"),
    "not_ours": N_("It is not ours to decide"),
}
HOW = {
    "online": N_("On this site"),
    "link": N_("By the link in a message"),
    "phone": N_("By phone"),
    "in_person": N_("In person"),
}
HOW_ASKED = {"phone": N_("By phone"), "in_person": N_("In person")}
MESSAGES = {
    "opened": N_("said that something is not right"),
    "reply": N_("replied"),
    "answer": N_("answered"),
    "resolved": N_("decided"),
    "appealed": N_("asked for somebody else to look at it"),
    "closed": N_("decided, as somebody who was not involved"),
    "settled": N_("said that it is settled"),
}
MINOR_KINDS = {
    "time": N_("Times: late, too long, changed"),
    "place": N_("The place"),
    "communication": N_("Messages and information"),
    "access": N_("Access"),
    "behaviour": N_("How people were with each other"),
    "other": N_("Something else"),
}
PROPOSALS = {
    "credit": N_("A credit put right"),
    "session": N_("A whole session undone"),
    "amendment": N_("Something else put right"),
}
AMEND_REASONS = {
    "wrong_time": N_("The hours were wrong"),
    "wrong_person": N_("They belong to somebody else"),
    "other": N_("Something else"),
}
FEEDBACK = {
    "good": N_("Good"),
    "mixed": N_("In parts"),
    "not_good": N_("Not good"),
}
OPENING_STATUSES = {
    "waiting": N_("Waiting to be confirmed"),
    "confirmed": N_("Confirmed"),
    "withdrawn": N_("Taken back"),
}
OPENING_COLOURS = {"waiting": "yellow", "confirmed": "green", "withdrawn": "grey"}
