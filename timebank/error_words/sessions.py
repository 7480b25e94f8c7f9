"""Sessions, crediting and corrections."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "activity_type_unknown": N_("There is no such kind of activity."),
    "activity_type_taken": N_("There is already a kind of activity with this name."),
    "reason_missing": N_("Say why this kind of activity is not credited."),
    "session_unknown": N_("There is no such session."),
    "attendance_unknown": N_("There is no such record of somebody at a session."),
    "ends_before_start": N_("The last day cannot be before the first day."),
    "session_too_long": N_("A session lasts at most %(most)s days. Plan several sessions instead."),
    "time_of_day_wrong": N_("Give the time of day as hours and minutes, such as 14:30."),
    "session_imported": N_("This session was already imported."),
    "session_changed": N_(
        "This session was credited or changed on %(at)s, after you opened the page."
        " Nothing was recorded. Look at what is there now, then try again."
    ),
    "session_in_future": N_("This session ends on %(ends_on)s. It can be credited from that day."),
    "session_credited": N_(
        "People were credited for this session, so it stays as it is. What was recorded about"
        " somebody can be put right one by one."
    ),
    "session_cancelled": N_(
        "This session was cancelled. Plan it again if it took place after all."
    ),
    "activity_not_credited": N_(
        "Hours are not counted for this kind of activity. The reason given: %(reason)s"
    ),
    "nobody_chosen": N_("Choose at least one person who was there."),
    "too_many_lines": N_("At most %(most)s people can be credited at once."),
    "line_twice": N_("This person is on the list twice."),
    "already_attended": N_(
        "This person is already recorded at this session. Correct that record instead."
    ),
    "own_credit": N_("Nobody credits their own hours. Ask another coordinator to credit yours."),
    "own_correction": N_("Nobody corrects their own hours. Ask another coordinator."),
    "credit_changed": N_(
        "This credit was changed by somebody else on %(at)s, after you opened the page."
        " Nothing was recorded. Look at what is there now, then try again."
    ),
    "nothing_changed": N_("This is what is recorded already. Nothing was changed."),
}
