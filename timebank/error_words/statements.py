"""Statements, exports and messages."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "statement_unknown": N_("There is no such statement."),
    "period_not_ended": N_(
        "This period has not ended yet. Its statements can be issued after %(day)s."
    ),
    "statements_paused": N_("Statements are paused. Resume them first."),
    "statements_off": N_(
        "No statements at all was chosen. Choose another way for them to come first."
    ),
    "statement_too_early": N_(
        "There is nothing to tell yet. A statement can be asked for from the day after joining."
    ),
    "year_empty": N_("There is nothing from that year."),
    "day_too_far": N_("Choose a day within a year from now."),
    "schedule_day_wrong": N_("Choose a day from 1 to 31; 29, 30 and 31 mean the last day."),
    "schedule_month_wrong": N_("Choose a month from 1 to 12."),
    "export_format_unknown": N_(
        "The books can be exported for beancount, hledger, as CSV or as a chain."
    ),
    "checkpoints_unreadable": N_("Line %(number)s of %(path)s is not a checkpoint."),
    "notice_unknown": N_("There is no notice of the kind %(kind)s."),
    "message_unknown": N_("There is no such message that could be sent again."),
}
