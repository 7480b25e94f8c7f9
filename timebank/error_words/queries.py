"""Queries, corrections that wait for a second person, opening hours, what follows a session."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "query_unknown": N_("There is no such query."),
    "query_open": N_("You have told us about this already. You can add to what you said there."),
    "query_changed": N_(
        "Something was added to this query on %(at)s, after you opened the page."
        " Nothing was recorded. Read it first, then try again."
    ),
    "query_step": N_("This cannot be done with the query as it stands now."),
    "query_involved": N_(
        "This query is about something that you recorded, decided before, or asked yourself, so"
        " somebody else has to decide it. You can explain what happened."
    ),
    "subject_missing": N_("Say what this is about."),
    "posting_unknown": N_("There is no such line in this account."),
    "proposal_unknown": N_("There is no such proposed correction."),
    "proposal_waiting": N_(
        "A correction of this was proposed on %(at)s and waits for somebody to agree."
        " Nothing was recorded."
    ),
    "proposal_decided": N_("This was decided on %(at)s. Nothing was recorded."),
    "own_proposal": N_("You proposed this correction, so somebody else has to agree to it."),
    "session_not_credited": N_("Nobody has been credited for this session, or it was undone."),
    "session_undone": N_(
        "The credits of this session were undone, so it stays as it is. Plan it again if it took"
        " place after all."
    ),
    "opening_unknown": N_("There is no such list of hours from before."),
    "opening_changed": N_(
        "Somebody else has dealt with this list in the meantime. Nothing was recorded."
    ),
    "opening_day_in_future": N_("The day on which people had these hours has not come yet."),
    "opening_total_differs": N_(
        "The lines come to %(counted_minutes)s, and you gave %(given_minutes)s. Check both."
    ),
    "opening_exists": N_(
        "Hours from before are recorded for this person already, or wait on another list."
        " Put those right instead."
    ),
    "minutes_missing": N_("Give the hours. Leave out who had none."),
    "own_opening": N_("You entered this list, so somebody else has to check and confirm it."),
    "own_hours": N_("Your own hours are on this list, so somebody else has to confirm it."),
    "follow_up_unknown": N_("There is no such reminder of yours."),
    "own_follow_up": N_("Nobody is reminded to ask after themselves. Choose somebody else."),
    "thanks_unknown": N_("There is no such letter of thanks."),
    "card_unknown": N_("There is no such card waiting."),
    "card_queued": N_("A card for this person and session is on the list, or was sent already."),
    "own_thanks": N_("Nobody thanks themselves. Somebody else can."),
}
