"""Files to import."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "file_empty": N_("The file has no lines to import."),
    "file_too_large": N_("The file is too large. At most %(most)s lines can be imported at once."),
    "file_not_utf8": N_(
        "Line %(line)s is not in UTF-8. Save the file again as CSV in UTF-8, or say that it is in"
        " Windows (Western European), as older spreadsheet programs save it."
    ),
    "file_not_cp1252": N_(
        "Line %(line)s is not in Windows (Western European) either. Save the file again as CSV in"
        " UTF-8, then import it."
    ),
    "sheet_not_xlsx": N_(
        "This spreadsheet cannot be opened. Save it as Excel (.xlsx) without a password, or as CSV."
    ),
    "sheet_too_large": N_(
        "This spreadsheet is too large. Keep one sheet with at most 60 columns, and remove pictures"
        " and anything else that is not the list."
    ),
    "sheet_several": N_(
        "There are %(count)s sheets with something on them. Keep the one to import and delete the"
        " others."
    ),
    "sheet_formula": N_(
        "Cell %(cell)s holds a formula. Copy the sheet, paste it as values only, and save that."
    ),
    "sheet_error": N_("Cell %(cell)s holds an error of the spreadsheet program. Put it right."),
    "file_not_csv": N_("Line %(line)s is not CSV: a quotation mark is not closed."),
    "column_unknown": N_("There is no column “%(column)s” here. The columns are: %(known)s."),
    "column_weighs": N_(
        "The column %(column)s cannot be imported. Every hour counts the same here, whoever gave"
        " it, so time is never multiplied or given a value."
    ),
    "column_twice": N_("The column %(column)s is there twice."),
    "column_missing": N_("The file needs a column %(column)s."),
    "cells_too_many": N_("This line has more cells than there are columns."),
    "date_wrong": N_("Write a day as year, month and day: 2026-01-05."),
    "date_wrong_dmy": N_("Write a day as day, month and year: 5/1/2026 is 5 January 2026."),
    "date_wrong_mdy": N_("Write a day as month, day and year: 1/5/2026 is 5 January 2026."),
    "date_not_of_session": N_(
        "This session was on %(starts_on)s. Leave the day out, or put it right."
    ),
    "amount_wrong": N_("This is not an amount in the unit that was said (%(unit)s)."),
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
    "member_near": N_(
        "Nobody has exactly this name, but it is nearly that of %(names)s. Say who is meant."
    ),
    "member_written_twice": N_(
        "The file has nearly the same name too: %(names)s. Say whether they are two people."
    ),
    "line_left_out": N_("Left out, as you said."),
    "member_ambiguous": N_("%(count)s members have this name. Use their member numbers instead."),
    "session_ambiguous": N_("There are several sessions with this title on this day."),
    "row_twice": N_("This person is already on line %(first)s for this session."),
    "already_recorded": N_(
        "This person is already recorded at this session with other figures."
        " Correct that record instead."
    ),
    "no_credited_activity": N_("There is no kind of activity that is credited. Add one first."),
    "own_history": N_(
        "This is your own history. Somebody else who may do this has to bring it over."
    ),
    "option_unit_missing": N_(
        "Say what unit the amounts are in: minutes, hours and minutes, decimal hours or seconds."
    ),
    "column_not_mapped": N_(
        "Say what the column %(column)s means, or that it is to be passed over."
    ),
    "layout_wrong": N_(
        "This is not a file of the system that was said: it has %(found)s columns and not"
        " %(needed)s."
    ),
    "cells_too_few": N_("This line has fewer than the %(needed)s values it should have."),
    "cells_other_than": N_("This line does not have the %(needed)s values it should have."),
    "kind_missing": N_("This line has no kind."),
    "kind_undeclared": N_("Say whether “%(kind)s” adds hours or takes them off: one of the two."),
    "party_unknown": N_(
        "“%(name)s” does not say which member this is. Say that the name stands for nobody on"
        " file, or put the number behind it."
    ),
    "earlier_number_unknown": N_(
        "Nobody on file had the number %(number)s in the earlier system. Import its members first."
    ),
    "earlier_number_wrong": N_("The number of the member is not a number."),
    "transfer_to_oneself": N_("This line gives hours from somebody to the same person."),
    "amount_not_whole": N_(
        "%(whole_minutes)s and %(seconds)s seconds is not a whole number of minutes. Put it right,"
        " or say that amounts are to be rounded."
    ),
    "amount_too_large": N_("This is more than can be recorded."),
    "date_in_future": N_("This day has not come yet."),
    "accepted_without_finding": N_(
        "There is nothing to accept at row %(row)s. Accept only rows that are named."
    ),
    "history_balance_differs": N_(
        "The file says %(stated_minutes)s after this row; what came before gives"
        " %(expected_minutes)s. If you accept it, the difference is recorded before the row."
    ),
    "history_brought_before": N_(
        "A history was brought over for this person before, from another file, and came to"
        " %(before_minutes)s. If you accept it, this one is added to it."
    ),
    "history_import_unknown": N_("There is no such import."),
    "import_file_unknown": N_(
        "This file is not kept any more. Files are deleted a day after they were put in."
    ),
    "import_changed": N_(
        "Something changed since you looked: please look again. Nothing was recorded."
    ),
    "import_file_empty": N_("Choose a file, or paste the lines."),
    "import_file_and_text": N_("Choose a file or paste the lines, but not both."),
    "import_file_large": N_("The file is larger than %(most)s megabytes."),
    "member_twice": N_("The same is on line %(first)s already."),
    "member_other_name": N_("This e-mail address is that of %(name)s, who is on file."),
    "member_same_name": N_(
        "Member %(number)s has this name, with other details. Say whether this is somebody else."
    ),
}
