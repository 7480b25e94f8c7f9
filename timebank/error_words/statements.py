"""Statements, exports and messages."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "statement_unknown": N_("There is no such statement."),
    "period_not_ended": N_(
        "This month has not ended yet. Its statements can be issued after %(day)s."
    ),
    "export_format_unknown": N_(
        "The books can be exported for beancount, hledger, as CSV or as a chain."
    ),
    "checkpoints_unreadable": N_("Line %(number)s of %(path)s is not a checkpoint."),
    "notice_unknown": N_("There is no notice of the kind %(kind)s."),
    "message_unknown": N_("There is no such message that could be sent again."),
}
