"""Files to import."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "file_empty": N_("The file has no lines to import."),
    "file_too_large": N_("The file is too large. At most %(most)s lines can be imported at once."),
    "file_not_utf8": N_(
        "Line %(line)s is not in UTF-8. Save the file again as CSV in UTF-8, then import it."
    ),
    "file_not_csv": N_("Line %(line)s is not CSV: a quotation mark is not closed."),
    "column_unknown": N_("There is no column %(column)s. The columns are: %(known)s."),
    "column_weighs": N_(
        "The column %(column)s cannot be imported. Every hour counts the same here, whoever gave"
        " it, so time is never multiplied or given a value."
    ),
    "column_twice": N_("The column %(column)s is there twice."),
    "column_missing": N_("The file needs a column %(column)s."),
    "cells_too_many": N_("This line has more cells than there are columns."),
    "date_wrong": N_("Write a day as year, month and day: 2026-01-05."),
    "date_missing": N_("This line has no day. Add it, or say on which day the first session was."),
    "option_minutes_missing": N_(
        "The file does not say how long people were there. Give the minutes of a session."
    ),
    "option_starts_on_missing": N_(
        "The file does not say when the sessions were. Give the day of the first session."
    ),
    "member_not_on_file": N_(
        "This person is not on file. Add them first, or ask for new members to be added."
    ),
    "member_ambiguous": N_("%(count)s members have this name. Use their member numbers instead."),
    "session_ambiguous": N_("There are several sessions with this title on this day."),
    "row_twice": N_("This person is already on line %(first)s for this session."),
    "already_recorded": N_(
        "This person is already recorded at this session with other figures."
        " Correct that record instead."
    ),
    "no_credited_activity": N_("There is no kind of activity that is credited. Add one first."),
}
