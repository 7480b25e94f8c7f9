"""The words of each kind of notice: a short subject, a few sentences, and the page it leads to.

None says anything personal; the last sentence of each leads to its link and ends with a colon. What
holds for a kind beside its words stands in ``notice_rules``.
"""

from __future__ import annotations

from dataclasses import dataclass

from timebank.marks import N_


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What one kind says: a short subject, paragraphs, and where its link leads.

    ``path`` is a page of this instance with ``%s`` for the subject's id; None is the single-use
    link that the subject is.
    """

    subject: str
    paragraphs: tuple[str, ...]
    path: str | None


_REDEMPTION = "/redemptions/%s"
_SESSION = "/opportunities/%s"

KINDS: dict[str, Notice] = {
    "invitation": Notice(
        subject=N_("Choose your password"),
        paragraphs=(
            N_(
                "You have a place in our time bank, where the time people give is recorded."
                " To see your own page, choose a password first."
            ),
            N_("This link works once, and only for a while:"),
        ),
        path=None,
    ),
    "sign_in_link": Notice(
        subject=N_("Your link to sign in"),
        paragraphs=(
            N_("Somebody asked for a link to sign in with this e-mail address."),
            N_("If it was you, open this. It works once, for 15 minutes. If not, do nothing:"),
        ),
        path=None,
    ),
    "passkey_added": Notice(
        subject=N_("A passkey was added"),
        paragraphs=(
            N_("A passkey was added to your way in. If it was you, there is nothing to do."),
            N_("If it was not you, remove it here, and tell us:"),
        ),
        path="/signing-in/passkeys",
    ),
    "hours_credited": Notice(
        subject=N_("Your hours have been recorded"),
        paragraphs=(
            N_("We have recorded the time you gave. Thank you."),
            N_("You can see it on your page:"),
        ),
        path="/history",
    ),
    "reward_place_offered": Notice(
        subject=N_("A place has come free"),
        paragraphs=(
            N_("A place you were waiting for has come free. We keep it for you for some days."),
            N_("You can take it, or leave it to somebody else, here:"),
        ),
        path="/rewards/%s",
    ),
    "exchange_changed": Notice(
        subject=N_("Something new about an exchange"),
        paragraphs=(
            N_("There is something new about an exchange with another member."),
            N_("You can see it, and answer, here:"),
        ),
        path="/exchanges/%s",
    ),
    "gift_given": Notice(
        subject=N_("You gave hours"),
        paragraphs=(
            N_("We have recorded that you gave hours. Thank you."),
            N_("You can see it here:"),
        ),
        path="/gifts/%s",
    ),
    "gift_received": Notice(
        subject=N_("You were given hours"),
        paragraphs=(
            N_("Somebody gave you hours. You can keep them, or give them back."),
            N_("You can see it here:"),
        ),
        path="/gifts/%s",
    ),
    "gift_returned": Notice(
        subject=N_("A gift of hours was returned"),
        paragraphs=(N_("Hours that were given have gone back."), N_("You can see it here:")),
        path="/gifts/%s",
    ),
    "pot_granted": Notice(
        subject=N_("You have hours from the community pot"),
        paragraphs=(
            N_("The group has given you hours from the community pot."),
            N_("You can see them on your page:"),
        ),
        path="/history",
    ),
    "credit_corrected": Notice(
        subject=N_("We have put a mistake right"),
        paragraphs=(
            N_("Something about the time we recorded for you was not right. We have corrected it."),
            N_("You can see what changed, and why, on your page:"),
        ),
        path="/history",
    ),
    "is_it_right": Notice(
        subject=N_("Is this right?"),
        paragraphs=(
            N_("We have recorded the time you gave. Thank you."),
            N_("Please look at it and tell us whether it is right. The link works once:"),
        ),
        path=None,
    ),
    "is_it_right_now": Notice(
        subject=N_("We have put a mistake right"),
        paragraphs=(
            N_("Something about the time we recorded for you was not right. We have corrected it."),
            N_("Please look at it. If you do not agree, you can say so there. It works once:"),
        ),
        path=None,
    ),
    "posting_corrected": Notice(
        subject=N_("We have put a mistake right"),
        paragraphs=(
            N_("Something that we recorded for you was not right. We have corrected it."),
            N_("You can see it on your page, and tell us there if you do not agree:"),
        ),
        path="/history",
    ),
    "opening_recorded": Notice(
        subject=N_("Your hours from before are recorded"),
        paragraphs=(
            N_("The hours you had before we kept these books are on your page now."),
            N_("If they are not right, you can tell us there:"),
        ),
        path="/history",
    ),
    "query_opened": Notice(
        subject=N_("We have your query"),
        paragraphs=(
            N_("You told us that something is not right. Thank you for saying so."),
            N_("By which day you hear from us, and all that is said about it, stands here:"),
        ),
        path="/queries/%s",
    ),
    "query_answered": Notice(
        subject=N_("There is an answer to your query"),
        paragraphs=(N_("We have answered your query."), N_("You can read it and reply here:")),
        path="/queries/%s",
    ),
    "query_decided": Notice(
        subject=N_("Your query was decided"),
        paragraphs=(
            N_("Somebody has looked into your query and decided it."),
            N_("What was decided, and what you can do if you do not agree, stands here:"),
        ),
        path="/queries/%s",
    ),
    "thanks": Notice(
        subject=N_("Thank you"),
        paragraphs=(
            N_("Thank you for the time and the thought you gave us. It made a difference."),
            N_("We have written you a few words:"),
        ),
        path="/thanks/%s",
    ),
    "feedback_asked": Notice(
        subject=N_("How was it?"),
        paragraphs=(
            N_("Thank you for coming. If you like, tell us in a minute how it was."),
            N_("Nobody sees who said what. The link works once:"),
        ),
        path=None,
    ),
    "redemption_requested": Notice(
        subject=N_("We have your request"),
        paragraphs=(
            N_("We have your request. The hours for it are set aside until it is decided."),
            N_("You can see it, or cancel it, here:"),
        ),
        path=_REDEMPTION,
    ),
    "trusted_asked": Notice(
        subject=N_("Somebody you trust asked for something"),
        paragraphs=(
            N_(
                "Somebody you let act for you asked for a reward with your hours. The hours for it"
                " are set aside until it is decided."
            ),
            N_("If you do not want it, you can cancel it here, or tell us:"),
        ),
        path=_REDEMPTION,
    ),
    "trust_recorded": Notice(
        subject=N_("Somebody may act for you"),
        paragraphs=(
            N_("We have noted that somebody you trust may act for you, as you said."),
            N_("You can see who it is and what they may do, and end it, here:"),
        ),
        path="/trusted-people",
    ),
    "trust_given": Notice(
        subject=N_("Somebody trusts you"),
        paragraphs=(
            N_("A member of our time bank lets you act for them."),
            N_("You sign in as yourself, and begin here:"),
        ),
        path="/acting",
    ),
    "trust_ended": Notice(
        subject=N_("Acting for somebody has ended"),
        paragraphs=(
            N_("A consent that one person may act for another has ended."),
            N_("Nobody need do anything. Ask us if you did not expect it. You can look here:"),
        ),
        path="/signing-in",
    ),
    "redemption_approved": Notice(
        subject=N_("Your request was agreed"),
        paragraphs=(N_("Your request was agreed."), N_("What happens next stands here:")),
        path=_REDEMPTION,
    ),
    "redemption_declined": Notice(
        subject=N_("Your request was not agreed"),
        paragraphs=(
            N_("Your request was not agreed. The hours set aside for it are yours to use again."),
            N_("You can read more here:"),
        ),
        path=_REDEMPTION,
    ),
    "redemption_cancelled": Notice(
        subject=N_("Your request was cancelled"),
        paragraphs=(
            N_("Your request was cancelled. The hours set aside for it are yours to use again."),
            N_("You can see it here:"),
        ),
        path=_REDEMPTION,
    ),
    "redemption_fulfilled": Notice(
        subject=N_("What you asked for was handed over"),
        paragraphs=(
            N_("We have noted that you received what you asked for."),
            N_("If you did not, please tell us. You can see it here:"),
        ),
        path=_REDEMPTION,
    ),
    "decide_link": Notice(
        subject=N_("Please decide a request"),
        paragraphs=(
            N_(
                "Nobody in our group may decide a request of their own. You are our second"
                " approver, so we ask you."
            ),
            N_("This link shows the request and works once. You do not need to sign in:"),
        ),
        path=None,
    ),
    "hand_over_link": Notice(
        subject=N_("Please confirm that something was handed over"),
        paragraphs=(
            N_(
                "Nobody in our group may hand something over to themselves. You are our second"
                " approver, so we ask you to confirm it when it has happened."
            ),
            N_("This link shows what it is and works once. You do not need to sign in:"),
        ),
        path=None,
    ),
    "confirm_time_link": Notice(
        subject=N_("Please confirm somebody’s time"),
        paragraphs=(
            N_(
                "Nobody in our group may credit hours to themselves. You are our second approver,"
                " so we ask you."
            ),
            N_("This link shows whose time it is and works once. You do not need to sign in:"),
        ),
        path=None,
    ),
    "time_asked": Notice(
        subject=N_("A question about the time you sent in"),
        paragraphs=(
            N_("Somebody who looks after our time bank has a question about time you sent in."),
            N_("You can read it, and answer, here:"),
        ),
        path="/time/%s",
    ),
    "time_declined": Notice(
        subject=N_("About the time you sent in"),
        paragraphs=(
            N_("The time you sent in was not counted. If you do not agree, please tell us."),
            N_("You can read why here:"),
        ),
        path="/time/%s",
    ),
    "signed_up": Notice(
        subject=N_("We have noted that you would like to come"),
        paragraphs=(
            N_("We have noted that you would like to come to a session."),
            N_("When and where it is, and how to say no again, stands here:"),
        ),
        path=_SESSION,
    ),
    "place_offered": Notice(
        subject=N_("There is a place for you"),
        paragraphs=(
            N_("You were waiting for a place at a session. There is one for you now."),
            N_("If you cannot come, please say so here, so that somebody else can:"),
        ),
        path=_SESSION,
    ),
    "session_moved": Notice(
        subject=N_("A session you are coming to has changed"),
        paragraphs=(
            N_("When or where a session takes place that you are coming to has changed."),
            N_("Please look at it again here:"),
        ),
        path=_SESSION,
    ),
    "session_called_off": Notice(
        subject=N_("A session you are coming to is called off"),
        paragraphs=(
            N_("A session that you are coming to will not take place. We are sorry."),
            N_("You can see which one here:"),
        ),
        path=_SESSION,
    ),
    "group_statement_ready": Notice(
        subject=N_("Your group’s statement is ready"),
        paragraphs=(
            N_("The statement of a group that you speak for is ready."),
            N_("You can read and print it here:"),
        ),
        path="/statements/%s",
    ),
    "statement_ready": Notice(
        subject=N_("Your statement is ready"),
        paragraphs=(N_("Your statement is ready."), N_("You can read and print it here:")),
        path="/statements/%s",
    ),
}
