"""People, roles, the community and its rules."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "text_missing": N_("Fill this in."),
    "text_too_long": N_("This is too long. Use at most %(most)s characters."),
    "text_control": N_("This has characters that cannot be printed. Type it again."),
    "email_wrong": N_("This does not look like an e-mail address, such as name@example.org."),
    "email_taken": N_("Somebody on file already has this e-mail address."),
    "choice_unknown": N_("Choose one of the answers offered."),
    "minutes_not_whole": N_("Time is given in whole minutes."),
    "minutes_negative": N_("Time cannot be less than nothing."),
    "minutes_too_many": N_("This is more time than can be recorded."),
    "time_missing": N_("Say how much time it was. Nothing is credited for no time at all."),
    "time_too_long": N_(
        "The session and the travel come to %(given_minutes)s. There are only %(most_minutes)s in"
        " the days of this session."
    ),
    "member_unknown": N_("There is no such member."),
    "person_unknown": N_("There is no such person."),
    "statement_needs_email": N_(
        "A statement can only be sent by e-mail to somebody with an e-mail address."
        " Choose a printed statement, or add the address first."
    ),
    "leaving_with_role": N_(
        "You hold a role in this group. Somebody else ends it first, then you can leave."
    ),
    "erasure_before_leaving": N_(
        "Details are erased after somebody has left and holds no role any more."
    ),
    "own_erasure": N_("Nobody erases their own details. Ask another administrator."),
    "own_role": N_("Nobody changes their own roles. Ask another administrator."),
    "role_held": N_("This person already has this role."),
    "role_not_held": N_("This person does not have this role."),
    "last_administrator": N_(
        "This is the only administrator. Make somebody else an administrator first."
    ),
    "already_set_up": N_("This time bank is already set up."),
    "brand_colour_wrong": N_("A colour is written as a hash and six characters: #6b3a6e."),
    "advice_missing": N_(
        "Say whom members can ask for independent advice. Rewards with a money value stay off"
        " until then."
    ),
    "reviewer_missing": N_(
        "Say who reviewed the information text. Rewards with a money value stay off until somebody"
        " has."
    ),
    "review_day_missing": N_("Say when the information text was reviewed."),
    "changed_meanwhile": N_(
        "This was changed on %(at)s, after you opened the page. Nothing was recorded. Look at what"
        " is there now, then try again."
    ),
    "skill_unknown": N_("There is no such entry."),
    "skills_too_many": N_("There are %(most)s entries already. Delete one first."),
    "review_in_future": N_("The day of the review has not come yet."),
}
