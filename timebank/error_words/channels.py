"""How people hear from us: channels, letters, calls, certificates."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "channel_needs_email": N_("For that we need an e-mail address, and have none."),
    "channel_needs_phone": N_("For that we need a telephone number, and have none."),
    "channel_needs_address": N_("For that we need a postal address, and have none."),
    "texts_not_set_up": N_("Texts cannot be sent from here yet. Choose another way."),
    "copy_needs_consent": N_("Copy somebody in only if the member has agreed to it."),
    "letter_unknown": N_("There is no such letter."),
    "letter_not_posted": N_("This letter has not been posted yet."),
    "call_unknown": N_("Nothing waits to be read out to this person."),
    "certificate_unknown": N_("There is no such certificate."),
    "certificate_empty": N_("There is nothing to certify between these days."),
    "certificate_not_ended": N_("A certificate can go up to today at the latest."),
    "days_backwards": N_("The last day must not come before the first."),
    "mail_not_set_up": N_("No mail server is set. Ask whoever runs this machine."),
}
