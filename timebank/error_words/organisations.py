"""Partner organisations, and roles that reach only one."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "organisation_unknown": N_("There is no such organisation."),
    "organisation_taken": N_("There is an organisation of this name already."),
    "organisation_ended": N_("This organisation is no partner any more. Nothing was changed."),
    "organisation_missing": N_("Choose the organisation."),
    "member_linked": N_("This member belongs to the organisation already."),
    "member_not_linked": N_("This member does not belong to the organisation."),
    "role_limited": N_(
        "Your role is for one organisation, and this concerns the whole group. Ask somebody who"
        " looks after the whole group."
    ),
    "role_not_limited": N_("Only coordinators can be limited to one organisation."),
    "role_mixed": N_(
        "Nobody holds a role in the whole group and another in one organisation. End the role they"
        " have first."
    ),
}
