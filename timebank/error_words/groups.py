"""Groups that hold hours, and what they get and give."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "group_unknown": N_("There is no such group."),
    "group_taken": N_("There is a group of this name already."),
    "group_closed": N_("This group is closed. It takes and gives no hours any more."),
    "group_has_hours": N_(
        "The group still has %(has_minutes)s. Record what happens to them before you close it."
    ),
    "group_gifts_wait": N_("Something this group gives still waits. Settle that first."),
    "holder_named": N_("This member speaks for the group already."),
    "holder_not_named": N_("This member does not speak for the group."),
    "holder_agreed": N_("This holder has agreed already. Somebody else has to agree too."),
    "holders_missing": N_(
        "Two named holders have to agree to what this group gives, and whoever gets the hours does"
        " not count. Name more holders first."
    ),
    "gift_unknown": N_("There is no such gift of hours."),
    "gift_settled": N_("This was settled meanwhile. Nothing was changed."),
    "gift_too_big": N_(
        "There are %(available_minutes)s to give. This would need %(needed_minutes)s."
    ),
    "own_gift": N_("Nobody records hours for themselves. Ask somebody else to do it."),
}
