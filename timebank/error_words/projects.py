"""Projects, opportunity sheets, who is coming, and calendars."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "project_unknown": N_("There is no such project."),
    "project_ended": N_("This project is over. Choose another, or take it up again first."),
    "seat_unknown": N_("This is not on the list any more."),
    "too_many_seats": N_("At most %(most)s can be on the list."),
    "end_without_start": N_("Say when it begins too."),
    "time_skipped": N_(
        "The clocks go forward on %(day)s, and this time of day does not exist. Choose another."
    ),
    "ends_before_it_begins": N_(
        "It cannot end before it begins. If it goes on past midnight, give the last day too."
    ),
    "places_wrong": N_("Enter a number of people from 1 to %(most)s, or nothing."),
    "times_wrong": N_("Enter how often, from 1 to %(most)s."),
    "nothing_to_repeat": N_("There is no day left on which it would be repeated."),
    "sheet_blank": N_("Members need to know this before they join. Fill it in."),
    "session_over": N_("This session is over."),
    "session_not_begun": N_("This session begins on %(starts_on)s. Nobody can arrive before."),
    "member_not_active": N_("This member is not active at the moment."),
    "signed_up_already": N_("This person is on the list already. Nothing was changed."),
    "not_signed_up": N_("This person is not on the list. Nothing was changed."),
    "not_arrived": N_("This person was not noted as being there. Nothing was changed."),
    "codes_missing": N_("Enter a code or a member number."),
    "codes_unknown": N_(
        "Nobody on the list of this session has: %(codes)s. Nobody was noted. Check them, and"
        " enter all of them again."
    ),
    "code_unknown": N_(
        "Nobody has this code or number. Check it, or ask the person who runs the session."
    ),
    "check_in_closed": N_("Checking in is closed. Ask the person who runs the session."),
    "check_in_throttled": N_(
        "Too many codes were not known. Ask the person who runs the session, or wait"
        " %(minutes)s minutes."
    ),
}
