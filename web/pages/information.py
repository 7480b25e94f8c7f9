"""Pages that are the same for everybody: how it works, who may do what, accessibility, privacy."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from timebank import community as communities
from timebank import roles
from timebank.words import N_
from web.access import PUBLIC, access
from web.units import database, reading

pages = Blueprint("information", __name__)

ROLES = {
    roles.MEMBER: N_("Every member"),
    roles.TRUSTED: N_("Somebody whom a member lets act for them"),
    roles.TRUSTED_TO_ASK: N_("The same, where the member lets them ask for rewards"),
    roles.TRUSTED_WITH_MONEY: N_("The same, where the member allows vouchers and money values"),
    roles.COORDINATOR: N_("Coordinators"),
    roles.TREASURER: N_("Treasurers"),
    roles.ADMINISTRATOR: N_("Administrators"),
}
# What each action of roles.MAY lets somebody do; a test compares the two.
ACTIONS = {
    "account.view_own": N_("See their own hours, history and statements"),
    "choices.change_own": N_("Change their own choices, and keep a list of what they can do"),
    "trust.give_own": N_("Say who may act for them, within which limits, and end it"),
    "trust.record": N_("Write down whom a member trusts to act for them, as the member says"),
    "redemption.request_own_money": N_("Ask for vouchers and rewards with a money value"),
    "certificate.issue_own": N_("Make a certificate of their own participation"),
    "redemption.request_own": N_("Ask for a reward, and call it off again"),
    "rewards.view": N_("See the rewards on offer"),
    "listing.view": N_("See what members offer one another and would like"),
    "exchange.own": N_("Offer and ask for time among members, and say how long it took"),
    "exchange.help": N_("Do so for a member who rings up, and see that exchanges go well"),
    "gift.give_own": N_("Give hours to somebody else or to the community pot"),
    "gift.give_for": N_("Give hours for a member who rings up or comes in, and undo a gift"),
    "pot.grant": N_(
        "Propose hours out of the community pot, or agree to what somebody else proposed"
    ),
    "pot.view": N_("See how many hours the community pot holds"),
    "redemption.request_for": N_("Ask for a reward for a member who rings up or comes in"),
    "redemption.approve": N_("Agree to a reward somebody else asked for, or say no"),
    "redemption.fulfil": N_("Hand over a reward to somebody else"),
    "redemption.view_all": N_("See what members asked for"),
    "rewards.change": N_("Offer rewards and change them"),
    "member.view_all": N_("See who the members are, and their hours"),
    "member.add": N_("Put new members on file"),
    "member.change": N_("Change a member's details"),
    "member.merge": N_("Join two numbers of one person who is on file twice"),
    "check.view": N_("Note that a criminal record check was seen, and look when the next is due"),
    "person.erase": N_("Erase the details of somebody who has left"),
    "card.issue": N_("Make a printed card for a member to sign in with, and stop it"),
    "organisation.change": N_("Add partner organisations, change them and end them"),
    "group.look_after": N_("Keep the accounts of groups, and record what they give and get"),
    "group.speak_for": N_("Agree to what a group gives, where they speak for it"),
    "session.view_all": N_("See all sessions and who was there"),
    "session.plan": N_("Plan sessions and projects, and write what members read about them"),
    "coming.manage": N_("See who is coming, sign somebody else up, and note who arrived"),
    "opportunity.view": N_("See what is on, and what to know before joining"),
    "opportunity.join_own": N_("Say that they would like to come, or not after all"),
    "session.credit": N_("Credit other people's hours after a session"),
    "time.send_own": N_("Send in time of their own, for somebody else to confirm"),
    "time.confirm": N_("Confirm time that somebody else sent in, ask about it, or decline it"),
    "agreement.propose": N_("Propose which minutes of one member are recognised, and end that"),
    "agreement.sign": N_("Sign such an agreement that somebody else proposed"),
    "credit.correct": N_("Put other people's credits right"),
    "correction.agree": N_("Agree, or not, to a large correction that somebody else proposed"),
    "query.open_own": N_("Say that something recorded about them is not right"),
    "query.answer": N_("Answer members' queries, and decide those they are not part of"),
    "opening.view": N_("See hours that were brought forward from before"),
    "opening.enter": N_("Enter a list of hours from before, for somebody else to confirm"),
    "opening.confirm": N_("Confirm a list of hours from before that somebody else entered"),
    "follow_up.plan": N_("Say what follows a session: thanks, a question, a word afterwards"),
    "follow_up.do": N_("See their own reminders to ask how people are"),
    "statement.view_all": N_("See members' statements, and print them"),
    "message.deliver": N_("Print and post letters, and read messages out by telephone"),
    "messages.view": N_("See which messages were sent, and which were not and why"),
    "certificate.issue": N_("Make a certificate of participation for a member"),
    "statement.issue": N_("Issue statements of periods that have ended, or one that was asked for"),
    "statement.schedule": N_("Say when the group's statements come, pause and resume them"),
    "trail.view": N_("See the record of who did what, and when"),
    "books.prove": N_("Check the books from beginning to end"),
    "role.grant": N_("Give other people roles, and end them"),
    "history.import": N_("Bring hours over from an earlier system"),
    "community.change": N_("Change the group's name, contacts and agreed rules"),
}


@pages.get("/how-it-works")
@access(PUBLIC)
def how_it_works() -> str:
    """The whole of it in plain words."""
    with reading() as unit:
        return render_template("information/how_it_works.html", policy=communities.policy(unit))


@pages.get("/roles")
@access(PUBLIC)
def who_may_what() -> str:
    """Who may do what: the table that every command reads."""
    table = [
        (_(title), [_(words) for action, words in ACTIONS.items() if role in roles.MAY[action]])
        for role, title in ROLES.items()
    ]
    return render_template("information/roles.html", table=table)


@pages.get("/accessibility")
@access(PUBLIC)
def accessibility() -> str:
    """How far everybody can use this site, and whom to tell."""
    return render_template("information/accessibility.html")


@pages.get("/privacy")
@access(PUBLIC)
def privacy() -> str:
    """What is kept about people, who sees it, and for how long."""
    return render_template(
        "information/privacy.html",
        keep=database().settings,
        days=lambda length: ngettext("%(num)s day", "%(num)s days", length.days),
    )
