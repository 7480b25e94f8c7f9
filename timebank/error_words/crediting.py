"""What crediting, drafts, time sent in and agreements refuse."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "online_no_travel": N_("This session is on-line, so there is no travel to it."),
    "pot_part_not_accepted": N_(
        "Only hours that go into somebody’s account can be shared with the community pot."
    ),
    "pot_part_too_much": N_(
        "The part for the community pot is %(given_minutes)s; there is only %(most_minutes)s to"
        " share."
    ),
    "already_waiting": N_(
        "Time of this person already waits at this session to be confirmed. Confirm, change or"
        " withdraw that first."
    ),
    "late_over": N_(
        "Time could be added to this session until %(last_on)s. After that it is put right as a"
        " correction."
    ),
    "late_days_wrong": N_("Enter a number of days from 0 to %(most)s."),
    "sent_time_unknown": N_("There is no such time sent in."),
    "sent_time_changed": N_(
        "This was answered or changed on %(at)s, after you opened the page. Nothing was recorded."
        " Look at it once more."
    ),
    "own_time": N_("Nobody confirms their own hours. Somebody else has to look at yours."),
    "agreement_unknown": N_("There is no such agreement."),
    "agreement_empty": N_("Say what is agreed: more preparation, or the whole session."),
    "agreement_ends_early": N_("The last day cannot be before the first day."),
    "agreement_too_long": N_("At most %(most_minutes)s more preparation can be agreed."),
    "agreement_not_open": N_("This agreement was signed or ended already."),
    "own_agreement": N_("Nobody makes or signs an agreement with themselves."),
    "agreement_own_proposal": N_("Somebody else has to sign what you proposed."),
    "social_not_credited": N_(
        "Hours are never counted for what is social or gives information. Leave one of the two out."
    ),
    "answer_no_reason_missing": N_(
        "One of the four questions is not answered with yes. Say why hours are counted all the"
        " same."
    ),
    "draft_too_large": N_("This is too much to keep as a draft. Credit these people in two parts."),
}
