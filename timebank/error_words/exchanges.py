"""The directory, listings and exchanges."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "not_in_directory": N_(
        "Others can only find what is listed by somebody in the directory. Enter it first."
    ),
    "listings_too_many": N_("%(most)s things are listed already. Take some down first."),
    "listing_unknown": N_("This is not listed any more."),
    "listing_changed": N_("This was taken down or changed in the meantime."),
    "exchange_unknown": N_("There is no such exchange."),
    "exchange_changed": N_(
        "Somebody has done something here in the meantime. Nothing was recorded. Look at it again."
    ),
    "exchange_with_oneself": N_("This is your own. An exchange takes two."),
    "exchange_too_long": N_("An exchange is at most %(most_minutes)s. Record each day by itself."),
    "exchange_in_future": N_("This day has not come yet."),
    "exchange_not_covered": N_(
        "This cannot be recorded yet. Please talk with each other, or ask a coordinator."
    ),
    "own_exchange": N_("This is an exchange of your own. Ask another coordinator."),
}
