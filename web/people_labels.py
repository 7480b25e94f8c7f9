"""What codes of joining, membership and checks are called on the coordinators' pages."""

from __future__ import annotations

from timebank.words import N_

CAME_BY = {"phone": N_("By phone"), "in_person": N_("In person"), "online": N_("On this site")}
HEARD_FROM = {
    "": N_("Not said"),
    "friend": N_("A friend or neighbour"),
    "organisation": N_("An organisation"),
    "leaflet": N_("A leaflet or poster"),
    "event": N_("An event"),
    "online": N_("On-line"),
    "other": N_("Something else"),
}
STEPS = {
    "conduct": N_("Agreed to the code of conduct"),
    "reference": N_("A reference was given"),
    "group_activity": N_("Took part in a group activity first"),
}
REFERENCE_FROM = {
    "": N_("No reference"),
    "employer": N_("An employer"),
    "organisation": N_("An organisation"),
    "neighbour": N_("A neighbour"),
    "teacher": N_("A teacher or tutor"),
    "other": N_("Somebody else"),
}
HOW = {"in_person": N_("In person"), "phone": N_("By phone"), "video": N_("By video")}
HOURS_FOR = {
    "not_said": N_("They did not say, or do not know yet"),
    "training": N_("Training or a course"),
    "class": N_("A class in the community"),
    "voucher": N_("A voucher"),
    "charity": N_("A gift to a charity"),
    "pot": N_("Hours for the community pot"),
    "keep": N_("Keep them for now"),
    "none": N_("No hours: they would rather give"),
}
LEVELS = {
    "basic": N_("Basic"),
    "standard": N_("Standard"),
    "enhanced": N_("Enhanced"),
    "enhanced_barred": N_("Enhanced with the barred lists"),
}
STATUSES = {
    "active": N_("Active"),
    "paused": N_("Taking a break"),
    "left": N_("Has left"),
    "merged": N_("Not used any more: merged into another number"),
}
LEAVING = {
    "asked": N_("They asked to leave"),
    "not_reached": N_("They could not be reached, in three different ways"),
    "died": N_("They have died"),
    "other": N_("Another reason"),
}
CHANNELS = {
    "phone": N_("By phone"),
    "mail": N_("By e-mail"),
    "text": N_("By text message"),
    "post": N_("By post"),
    "visit": N_("At their door"),
    "through_others": N_("Through somebody they know"),
}
OUTCOMES = {
    "no_answer": N_("No answer"),
    "message_left": N_("A message was left"),
    "came_back": N_("It came back, or the number does not work"),
    "stays": N_("They want to stay"),
    "pauses": N_("They want a break"),
    "leaves": N_("They want to leave"),
}
