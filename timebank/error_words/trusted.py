"""Trusted people, and acting for a member."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "acting_for_somebody": N_(
        "This is not among what you may do for the member you act for. Stop acting for them first,"
        " or ask a coordinator."
    ),
    "acting_changed": N_(
        "Meanwhile you act for somebody else, or for nobody. Nothing was recorded. Look at it"
        " again."
    ),
    "own_trust": N_("This is the member themselves. Name somebody else."),
    "own_trust_recorded": N_(
        "Nobody records that a member trusts them. Ask another coordinator to write it down."
    ),
    "trust_day_past": N_("This day is over. Enter today or a day to come, or leave it empty."),
    "trust_ended": N_("This was ended already."),
    "trust_how_online": N_("Say how the member told you: by phone, in person or on paper."),
    "trust_needs_email": N_("Enter their e-mail address, so that they can sign in as themselves."),
    "trust_throttled": N_(
        "You named several people in a short time. Wait %(minutes)s minutes, or ask a coordinator."
    ),
    "trust_unknown": N_("There is no such consent, or it has ended."),
    "trusted_no_money": N_(
        "The member did not allow this: you may not ask for vouchers or rewards with a money value"
        " for them. They can ask themselves, or change what you may do."
    ),
    "trusts_many": N_("At most %(most)s people can act for one member. End one of them first."),
}
