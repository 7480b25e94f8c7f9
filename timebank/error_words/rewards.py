"""Rewards, redemptions and approvals."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "gift_empty": N_("Say how much time you would like to give."),
    "gift_to_oneself": N_("These are already your hours. Choose somebody else."),
    "gift_unknown": N_("There is no such gift."),
    "gift_changed": N_("This gift has already gone back, or was changed. Nothing was recorded."),
    "gift_to_pot": N_("This was given to the community pot. A coordinator can undo it."),
    "gift_used": N_(
        "Some of these hours have been used since, so they cannot go back. Ask a coordinator."
    ),
    "gift_throttled": N_(
        "There were too many tries to find somebody. Wait %(minutes)s minutes, or ask a"
        " coordinator to do it for you."
    ),
    "own_gift": N_("This concerns your own hours. Ask another coordinator."),
    "places_there": N_("There are places. You can ask for one at once."),
    "waiting_already": N_("This is on your waiting lists already."),
    "waiting_unknown": N_("There is no such place on a waiting list."),
    "waiting_changed": N_("This has changed in the meantime. Nothing was recorded."),
    "pot_insufficient": N_("The community pot holds %(available_minutes)s. That is not enough."),
    "pot_grant_unknown": N_("There is no such proposal."),
    "pot_grant_changed": N_("Somebody has decided this in the meantime. Nothing was recorded."),
    "own_pot_grant": N_(
        "Nobody proposes hours for themselves, or agrees to what they proposed. Ask somebody else."
    ),
    "reward_unknown": N_("There is no such reward, or it is not offered to you."),
    "reward_kind_unknown": N_("Choose one of the kinds of reward."),
    "reward_changed": N_(
        "This reward was changed in the meantime. Nothing was recorded. Look at it again first."
    ),
    "reward_not_offered": N_("This reward is not offered at the moment."),
    "charity_number_misplaced": N_("Only a gift to a charity has a charity number."),
    "number_out_of_range": N_("Enter a whole number from %(least)s to %(most)s."),
    "money_rewards_off": N_("Our group has not switched on rewards with a money value."),
    "money_rewards_unwanted": N_(
        "This reward has a money value, and this member wants none with a money value."
    ),
    "information_changed": N_(
        "The information about rewards was changed in the meantime. Nothing was recorded."
        " Read it again first."
    ),
    "hours_insufficient": N_(
        "This uses %(needed_minutes)s. There is %(available_minutes)s that can be used."
    ),
    "places_gone": N_("The last place has just gone. Nothing was recorded."),
    "how_online_for_somebody": N_("Say whether they asked by phone or in person."),
    "member_left": N_("This member has left the group."),
    "redemption_unknown": N_("There is no such request."),
    "redemption_changed": N_(
        "Somebody else has dealt with this request in the meantime. Nothing was recorded."
        " Look at it again first."
    ),
    "own_redemption": N_("Nobody decides or hands over what they asked for themselves."),
    "asked_and_approves": N_(
        "You asked for this on somebody's behalf and it has a money value, so somebody else must"
        " decide it and hand it over."
    ),
    "approver_missing": N_("Our group has not named a second approver."),
    "approver_without_email": N_("The second approver has no e-mail address on file."),
    "approver_changed": N_("Our group has named another second approver since this link was sent."),
    "decision_wrong": N_("Choose one of the answers."),
}
