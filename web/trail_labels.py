"""What the codes of the audit trail say in words: who did *this* to which thing."""

from __future__ import annotations

from timebank.words import N_

# Every code that ``timebank.trail.record`` is given; a test compares them with the code.
ACTIONS = {
    "activity_type.added": N_("added a kind of activity"),
    "administrator.recovered": N_("gave an administrator access again, at the terminal"),
    "api_token.made": N_("made a token for programs"),
    "api_token.revoked": N_("ended a token for programs"),
    "approver.asked": N_("asked the second approver"),
    "backup.made": N_("made a backup"),
    "card.issued": N_("made a sign-in card"),
    "card.stopped": N_("stopped a sign-in card"),
    "community.changed": N_("changed the group’s details"),
    "community.prepared": N_("prepared the instance"),
    "community.set_up": N_("set the time bank up"),
    "credit.corrected": N_("put a credit right"),
    "database.moved": N_("moved the instance to another database"),
    "link.used": N_("used a single-use link"),
    "member.added": N_("added a member"),
    "member.changed": N_("changed a member’s details"),
    "member.choices_changed": N_("changed a member’s choices"),
    "message.sent_again": N_("sent a notice again"),
    "password.changed": N_("changed their password"),
    "password.chosen": N_("chose a password"),
    "person.added": N_("put a person on file"),
    "person.invited": N_("made a link to choose a password"),
    "policy.agreed": N_("put a new version of the rules in force"),
    "redemption.approved": N_("agreed to a request"),
    "redemption.cancelled": N_("cancelled a request"),
    "redemption.declined": N_("did not agree to a request"),
    "redemption.fulfilled": N_("handed a reward over"),
    "redemption.fulfilment_undone": N_("undid a handing over"),
    "redemption.requested": N_("asked for a reward"),
    "reward.added": N_("added a reward"),
    "reward.changed": N_("changed a reward"),
    "role.ended": N_("ended a role"),
    "role.granted": N_("gave a role"),
    "session.cancelled": N_("cancelled a session"),
    "session.changed": N_("changed a planned session"),
    "session.credited": N_("credited a session"),
    "session.planned": N_("planned a session"),
    "statement.printed": N_("printed a statement"),
    "statements.issued": N_("issued statements"),
    "unsealed.removed": N_("removed postings that belonged to no transaction"),
}
