"""What easy read says of each line of an account, in short sentences of one idea each."""

from __future__ import annotations

from timebank.marks import N_

# What a line says first, by its code; what it did to the hours comes after it.
LINES: dict[str, tuple[str, ...]] = {
    "line_credited": (N_("You took part in this: %(title)s."), N_("The day was %(day)s.")),
    "line_credited_again": (
        N_("You took part in this: %(title)s."),
        N_("The day was %(day)s."),
        N_("We had it wrong before."),
        N_("Now it is right."),
    ),
    "line_credited_late": (
        N_("You gave more time for this: %(title)s."),
        N_("The day was %(day)s."),
        N_("We added it afterwards."),
    ),
    "line_credit_reversed": (
        N_("We had this wrong: %(title)s."),
        N_("The day was %(day)s."),
        N_("This is why: %(reason)s."),
    ),
    "line_set_aside": (N_("You asked for this: %(title)s."), N_("The day was %(day)s.")),
    "line_back_cancelled": (N_("This was cancelled: %(title)s."), N_("The day was %(day)s.")),
    "line_back_declined": (N_("This was not agreed: %(title)s."), N_("The day was %(day)s.")),
    "line_gift_given": (N_("You gave hours away."), N_("The day was %(day)s.")),
    "line_gift_received": (N_("Somebody gave you hours."), N_("The day was %(day)s.")),
    "line_gift_back": (N_("Hours that you gave came back."), N_("The day was %(day)s.")),
    "line_gift_refused": (N_("You gave hours back."), N_("The day was %(day)s.")),
    "line_gift_undone": (
        N_("Hours were given to you by mistake."),
        N_("They went back."),
        N_("The day was %(day)s."),
    ),
    "line_exchange_given": (N_("You gave a member your time."), N_("The day was %(day)s.")),
    "line_exchange_received": (N_("A member gave you their time."), N_("The day was %(day)s.")),
    "line_exchange_undone": (
        N_("We had an exchange wrong."),
        N_("Now it is right."),
        N_("The day was %(day)s."),
    ),
    "line_pot_granted": (N_("The group gave you hours."), N_("The day was %(day)s.")),
    "line_brought_over": (N_("This is from before."), N_("The day was %(day)s.")),
    "line_brought_over_kind": (
        N_("This is from before."),
        N_("It was called: %(title)s."),
        N_("The day was %(day)s."),
    ),
    "line_brought_over_adjusted": (
        N_("This is from before."),
        N_("We made it agree with the old records."),
        N_("The day was %(day)s."),
    ),
    "line_other": (N_("Something else changed."), N_("The day was %(day)s.")),
}
