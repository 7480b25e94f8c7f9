"""Languages: who read and passed them, and who reads them."""

from timebank.marks import N_

ERRORS: dict[str, str] = {
    "language_unknown": N_("There are no words in such a language here."),
    "language_off": N_("This language is not in use here. Choose another one."),
    "information_untranslated": N_(
        "Some of the words about benefits have no translation yet, so they cannot be passed."
    ),
}
