"""What a check of the books and of the records can find."""

from timebank.marks import N_

# What ``audit.verify`` finds, one line each: codes of the books begin with ``verify.``.
FINDINGS: dict[str, str] = {
    "history_row_differs": N_(
        "Row %(row)s of history %(history)s is not in the books as transaction %(seq)s."
    ),
    "history_without_row": N_(
        "Transaction %(seq)s is of a history (%(reference)s) that has no such row."
    ),
    "history_count_differs": N_("History %(history)s does not have the rows it counted."),
    "group_gift_differs": N_(
        "Hours given to or by a group (%(gift)s) are not in the books as recorded."
    ),
    "group_gift_unexplained": N_(
        "Transaction %(seq)s moves a group's hours or merges two accounts, and nothing is recorded"
        " of it."
    ),
    "group_account_differs": N_("Group %(group)s has no account with a floor of 0."),
    "merge_differs": N_("Merging two accounts (%(merge)s) is not in the books as recorded."),
    "opening_differs": N_("Hours from before (%(opening)s) are not in the books as recorded."),
    "opening_unexplained": N_(
        "Transaction %(seq)s brings hours forward, and nothing is recorded of it."
    ),
    "amendment_differs": N_(
        "Correction %(revision)s of transaction %(first_seq)s is not in the books as recorded."
    ),
    "verify.guard": N_("A guard of the database is missing or was changed: %(guard)s."),
    "verify.book_key": N_("The book has a key that it cannot have: %(book)s."),
    "verify.account_name": N_("An account has a name that it cannot have: %(account)s."),
    "verify.account_floor": N_(
        "Account %(account)s may not go as low as its row says: floor %(floor)s."
    ),
    "verify.missing": N_("Transactions %(first_seq)s to %(last_seq)s are missing."),
    "verify.field": N_("Transaction %(seq)s (%(key)s) has a field that it cannot have."),
    "verify.posted_at": N_("Transaction %(seq)s was posted before the one ahead of it."),
    "verify.posting_count": N_(
        "Transaction %(seq)s should have %(stored)s postings and has %(found)s."
    ),
    "verify.unbalanced": N_("Transaction %(seq)s does not balance: it is off by %(total)s."),
    "verify.replacement": N_(
        "Transaction %(seq)s replaces transaction %(replaces_seq)s, which was not reversed or was"
        " replaced before."
    ),
    "verify.unknown_account": N_(
        "Transaction %(seq)s has a posting on an account that does not exist (%(account_id)s)."
    ),
    "verify.account_seq": N_(
        "Transaction %(seq)s: the postings of account %(account)s do not run on at %(account_seq)s."
    ),
    "verify.balance": N_(
        "Transaction %(seq)s: the running balance of account %(account)s is wrong at posting"
        " %(account_seq)s."
    ),
    "verify.below_floor": N_(
        "Transaction %(seq)s takes account %(account)s below its floor of %(floor)s."
    ),
    "verify.floor": N_(
        "Transaction %(seq)s: account %(account)s cannot have had a floor of %(floor)s."
    ),
    "verify.amount": N_(
        "Transaction %(seq)s has an amount on account %(account)s that cannot be: %(amount)s."
    ),
    "verify.reversal": N_(
        "Transaction %(seq)s is no exact mirror of transaction %(reverses_seq)s, or not the first."
    ),
    "verify.chain": N_("Transaction %(seq)s does not hang on the one ahead, %(previous_seq)s."),
    "verify.digest": N_(
        "Transaction %(seq)s (%(key)s) was changed after it was posted: its digest differs."
    ),
    "verify.head": N_("The book's newest digest is not that of transaction %(seq)s."),
    "verify.beyond_head": N_(
        "Transaction %(seq)s (%(key)s) stands beyond the end of the book: it was forged."
    ),
    "verify.unsealed": N_(
        "A posting of %(amount)s on account %(account)s belongs to no transaction (%(seq)s)."
    ),
    "verify.book_sum": N_("All accounts together should come to 0 and come to %(total)s."),
    "verify.account_differs": N_(
        "Every transaction of account %(account)s differs: the account was renamed."
    ),
    "verify.unknown_book": N_("Rows of %(table)s belong to a book that does not exist."),
    "verify.against_missing": N_(
        "The books have no transaction %(seq)s: the end was cut off since that was noted."
    ),
    "verify.against_differs": N_(
        "Transaction %(seq)s now has the digest %(stored)s: history was rewritten since that was"
        " noted."
    ),
    "checkpoint_missing": N_(
        "On %(day)s the books stood at transaction %(seq)s, which is not there any more."
    ),
    "checkpoint_differs": N_(
        "On %(day)s transaction %(seq)s had another digest than the one it has now (%(stored)s):"
        " history was rewritten since."
    ),
    "verify.more": N_("... and %(count)s more of the kind %(of)s."),
    "guard_differs": N_("A guard of the database is missing or was changed: %(guard)s."),
    "attendance_differs": N_(
        "Attendance %(attendance)s, revision %(revision)s, does not say what transaction %(seq)s"
        " says."
    ),
    "attendance_without_credit": N_(
        "Attendance %(attendance)s, revision %(revision)s, names transaction %(seq)s, which does"
        " not exist."
    ),
    "credit_without_attendance": N_(
        "Transaction %(seq)s credits hours that no attendance accounts for (%(reference)s)."
    ),
    "attendance_credited_twice_or_not": N_(
        "Attendance %(attendance)s, revision %(revision)s: transaction %(seq)s stands though it was"
        " corrected, or was reversed though it is in force."
    ),
    "correction_differs": N_(
        "The correction of attendance %(attendance)s, revision %(revision)s, is not in the books as"
        " recorded."
    ),
    "correction_unexplained": N_(
        "Transaction %(seq)s reverses transaction %(reverses_seq)s, and no correction says why."
    ),
    "redemption_differs": N_(
        "Redemption %(redemption)s (%(status)s) is not in the books as recorded."
    ),
    "exchange_differs": N_("Exchange %(exchange)s (%(status)s) is not in the books as recorded."),
    "gift_differs": N_("Gift %(gift)s (%(status)s) is not in the books as recorded."),
    "gift_without_record": N_(
        "Transaction %(seq)s gives hours that no gift accounts for (%(reference)s)."
    ),
    "hold_without_redemption": N_(
        "Transaction %(seq)s sets hours aside for a redemption that does not exist (%(reference)s)."
    ),
    "held_differs": N_(
        "The books set %(booked_minutes)s aside, and the redemptions come to %(recorded_minutes)s."
    ),
    "member_without_account": N_("Member %(member)s has no account."),
    "member_floor_differs": N_("The account of member %(member)s has a floor that is not 0."),
    "account_without_member": N_("Account %(account)s belongs to no member."),
    "receipt_of_nothing": N_("The receipt %(key)s names a %(subject)s that does not exist."),
    "statement_altered": N_("Statement %(reference)s was changed after it was issued."),
    "statement_gap": N_("Statement %(reference)s does not begin where the one before it ended."),
    "statement_differs": N_("Statement %(reference)s does not say what its row says."),
    "statement_differs_from_books": N_(
        "Statement %(reference)s does not say what the books say of its time."
    ),
    "statement_head_unknown": N_(
        "The books have never stood as statement %(reference)s says they did."
    ),
}
