"""Joining, pausing, leaving, checks, and a person who is on file twice."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "adults_only": N_(
        "Members are 18 or over. If you are younger, ring us: we look for a way together."
    ),
    "contact_missing": N_("Give a phone number or an e-mail address, so that we can answer."),
    "applications_throttled": N_(
        "Many people asked to join just now. Try again in %(minutes)s minutes, or ring us."
    ),
    "application_unknown": N_("There is no such application."),
    "application_settled": N_("This application was answered meanwhile. Nothing was changed."),
    "conversation_missing": N_("Talk with them first, and note what you agreed."),
    "conduct_missing": N_("They agree to the code of conduct first. Note the day."),
    "review_before_conversation": N_("The next conversation is after this one."),
    "day_in_future": N_("This day has not come yet."),
    "recheck_before_issue": N_("The next check is after the day of this one."),
    "own_check": N_("Nobody notes their own check. Ask somebody else to see it."),
    "look_not_noted": N_("Say first that you look: it is noted who does."),
    "membership_active": N_("This membership is not paused, and nobody left."),
    "membership_not_active": N_("Only an active membership can be paused."),
    "membership_ended": N_("This member has left already."),
    "hours_held": N_(
        "%(held_minutes)s are set aside for something they asked for. Hand it over or cancel it"
        " first."
    ),
    "ways_missing": N_(
        "Try to reach them in %(needed)s different ways first. So far %(tried)s are noted. Pausing"
        " is possible at once."
    ),
    "member_merged": N_(
        "This person was on file twice, and this is the number that is no longer used."
    ),
    "merge_same": N_("Choose another member: these two are the same number."),
    "merge_hours_held": N_(
        "Hours are set aside under this number. Hand over what was asked for, or cancel it, first."
    ),
    "merge_both_there": N_(
        "Both numbers were credited for the same session. Put one of the two right first."
    ),
    "merge_has_role": N_("Somebody with this number holds a role. End the role first."),
    "merge_speaks_for_group": N_("This number speaks for a group. End that first."),
    "merge_kept_too_low": N_(
        "This number is below zero, and the one that is kept has not enough hours to make up for"
        " it."
    ),
    "own_merge": N_("Nobody merges their own numbers. Ask somebody else to do it."),
}
