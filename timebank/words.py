"""Everything said in words outside the pages: errors, notices, statements, durations, dates.

Codes lead to English message ids, and those through gettext catalogues (``timebank/locale``) to the
reader's language. Hours read "6 hours 30 minutes", days "6 August 2026", money "£75"; a balance
that is less than nothing reads "2 hours below zero".
"""

from __future__ import annotations

import gettext
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date

LOCALE = Path(__file__).parent / "locale"
MOST_PENCE = 10**9


def N_(text: str) -> str:  # noqa: N802 - the extractor's conventional name
    """Mark a message id for extraction; the translation happens when it is said."""
    return text


class Words:
    """Says codes, durations, days and money in one language (a BCP 47 tag such as ``en``)."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def say(self, text: str, **params: Any) -> str:
        """A message id with its parameters filled in; ``..._minutes`` and days become words."""
        return self._catalogue.gettext(text) % {
            name: self._in_words(name, value) for name, value in params.items()
        }

    def error(self, code: str, **params: Any) -> str:
        """The words for an error's code; the ledger's rarer refusals share one sentence."""
        if code not in ERRORS and code.startswith("ledger_"):
            code = "ledger_refused"
        return self.say(ERRORS[code], **params)

    def duration(self, minutes: int) -> str:
        """``390`` as "6 hours 30 minutes"; less than zero as "2 hours below zero"."""
        hours, rest = divmod(abs(minutes), 60)
        parts = []
        if hours:
            parts.append(self._count("%(n)s hour", "%(n)s hours", hours))
        if rest or not hours:
            parts.append(self._count("%(n)s minute", "%(n)s minutes", rest))
        text = " ".join(parts)
        return self.say(N_("%(duration)s below zero"), duration=text) if minutes < 0 else text

    def day(self, day: date) -> str:
        """ "6 August 2026"."""
        return format_date(day, "d MMMM y", locale=_locale_of(self.language))

    def month(self, day: date) -> str:
        """ "August 2026"."""
        return format_date(day, "LLLL y", locale=_locale_of(self.language))

    def money(self, pence: int) -> str:
        """ "£75", or "£75.50" with pence."""
        pounds, rest = divmod(pence, 100)
        return f"£{pounds:,}.{rest:02}" if rest else f"£{pounds:,}"

    def _count(self, one: str, many: str, number: int) -> str:
        return self._catalogue.ngettext(one, many, number) % {"n": f"{number:,}"}

    def _in_words(self, name: str, value: Any) -> Any:
        if name.endswith("_minutes") and isinstance(value, int):
            return self.duration(value)
        if name.endswith("_pence") and isinstance(value, int):
            return self.money(value)
        return self.day(value) if isinstance(value, date) else value


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", LOCALE, [language], fallback=True)


def _locale_of(language: str) -> str:
    return "en_GB" if language == "en" else language.replace("-", "_")


# One entry for each code that a ``TimebankError`` can carry; a test compares them with the code.
ERRORS: dict[str, str] = {
    # The command line: databases, backups, the sample community.
    "database_missing": N_("There is no time bank yet at %(path)s. Run: timebank db upgrade"),
    "database_older": N_(
        "The database is at revision %(revision)s, older than this version needs."
        " Run: timebank db upgrade"
    ),
    "database_newer": N_(
        "This was made by a later version of timebank (revision %(revision)s). Install that"
        " version or a later one."
    ),
    "database_moved": N_(
        "This time bank has moved to another database. Nothing was recorded here. Whoever looks"
        " after it has to set TIMEBANK_DATABASE_URL and start it again."
    ),
    "move_from_sqlite_alone": N_(
        "Only an instance on SQLite can be moved. Make a backup, and restore it elsewhere."
    ),
    "move_target_wrong": N_(
        "Write where it moves to as postgresql+psycopg://role:password@host/database"
    ),
    "move_books_do_not_hold": N_(
        "The books or the records do not hold (%(count)s findings), so nothing was moved."
        " timebank verify names each finding."
    ),
    "move_differs": N_(
        "What arrived is not what was sent. This instance goes on as before; empty the other"
        " database and try again."
    ),
    "upgrade_failed": N_(
        "The books or the links between tables do not hold (%(count)s findings). Nothing was"
        " changed. timebank verify names each finding."
    ),
    "owner_needed": N_(
        "This role of the database may not change its tables. Set TIMEBANK_OWNER_DATABASE_URL to"
        " the address of the role that owns them, and run it again. Nothing was changed."
    ),
    "guards_missing": N_(
        "Guards that keep the books from being changed are missing or different: %(count)s, the"
        " first %(first)s. Run timebank verify, find out why, then: timebank db upgrade"
    ),
    "backup_exists": N_("%(path)s is there already. Choose another name for the backup."),
    "backup_unknown": N_("%(path)s is not a backup of timebank, or is damaged."),
    "backup_damaged": N_(
        "This backup is damaged: what is in it is not what was written. Nothing was restored."
        " Use another one."
    ),
    "backup_newer": N_(
        "This backup was made by a later version of timebank (%(version)s). Install that version"
        " or a later one to restore it."
    ),
    "backup_passphrase_missing": N_(
        "This backup is sealed with a passphrase. Name the file that holds it: --passphrase-file"
    ),
    "backup_passphrase_wrong": N_(
        "This is not the passphrase of this backup. Nothing was restored."
    ),
    "passphrase_missing": N_("%(path)s has no passphrase on its first line."),
    "restore_not_empty": N_(
        "%(path)s is not empty. A backup is restored into an empty folder: set TIMEBANK_DATA to"
        " one, or move what is there away."
    ),
    "restore_database_not_empty": N_(
        "The database is not empty. A backup is restored into an empty database."
    ),
    "sample_elsewhere": N_(
        "%(path)s holds something else, so the sample community does not go there. Choose another"
        " folder: timebank demo --data FOLDER"
    ),
    "administrator_missing": N_("There is no such administrator."),
    "administrators_several": N_("There are several: %(names)s. Name one: --who NAME"),
    "no_such_member": N_(
        "Nobody is called %(given)s. Give a member's number, e-mail address or whole name:"
        " timebank member list"
    ),
    "several_members": N_("Several members are called %(given)s. Give a number: %(numbers)s"),
    "no_such_statement": N_("There is no statement and no member %(given)s."),
    "no_statement_yet": N_("There is no such statement of %(given)s yet."),
    "no_such_activity": N_("There is no activity %(given)s. There are: %(known)s"),
    "books_busy": N_("The books are busy. Nothing was recorded. Please try again."),
    "disk_full": N_(
        "There is no room left on the disk. Nothing was recorded. Please tell whoever looks after"
        " this time bank."
    ),
    "disk_failed": N_(
        "The disk could not be read or written. Nothing was recorded. Please tell whoever looks"
        " after this time bank."
    ),
    "database_read_only": N_(
        "The books can be read but not written at the moment. Nothing was recorded. Please tell"
        " whoever looks after this time bank."
    ),
    "database_damaged": N_(
        "The file that holds the books is damaged. Nothing was recorded. Please stop here, and tell"
        " whoever looks after this time bank: the newest backup is needed."
    ),
    "connection_lost": N_(
        "The books cannot be reached at the moment. Nothing was recorded. Please try again in a"
        " few minutes."
    ),
    "outcome_unknown": N_(
        "The connection to the books was lost at the last moment, so it is not known whether this"
        " was recorded. Please send the same form again: that is safe, and nothing is recorded"
        " twice."
    ),
    "several_problems": N_("%(count)s things need to be put right. Nothing was recorded."),
    "not_set_up": N_("This time bank has not been set up yet."),
    "role_lacking": N_("Your role in this time bank does not allow this."),
    "key_used": N_(
        "This form was already used for something else. Nothing new was recorded."
        " Open the page again and start from there."
    ),
    "key_wrong": N_(
        "The key of this request cannot be used. A key has 8 to 100 plain letters and digits."
    ),
    "link_unknown": N_("This link does not work. Check that the whole address was copied."),
    "link_spent": N_("This link was already used. It works once."),
    "link_late": N_("This link is too old to be used. Ask for a new one."),
    "setting_wrong": N_("The setting %(name)s has a value that cannot be used."),
    "setting_unknown": N_("timebank.toml has a setting that does not exist: %(name)s."),
    "settings_file_unreadable": N_("%(path)s cannot be read as TOML in UTF-8."),
}

# People, sessions, crediting and corrections.
ERRORS |= {
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
    "review_in_future": N_("The day of the review has not come yet."),
    "activity_type_unknown": N_("There is no such kind of activity."),
    "activity_type_taken": N_("There is already a kind of activity with this name."),
    "reason_missing": N_("Say why this kind of activity is not credited."),
    "session_unknown": N_("There is no such session."),
    "attendance_unknown": N_("There is no such record of somebody at a session."),
    "ends_before_start": N_("The last day cannot be before the first day."),
    "session_too_long": N_("A session lasts at most %(most)s days. Plan several sessions instead."),
    "time_of_day_wrong": N_("Give the time of day as hours and minutes, such as 14:30."),
    "session_imported": N_("This session was already imported."),
    "session_changed": N_(
        "This session was credited or changed on %(at)s, after you opened the page."
        " Nothing was recorded. Look at what is there now, then try again."
    ),
    "session_in_future": N_("This session ends on %(ends_on)s. It can be credited from that day."),
    "session_credited": N_(
        "People were credited for this session, so it stays as it is. What was recorded about"
        " somebody can be put right one by one."
    ),
    "session_cancelled": N_(
        "This session was cancelled. Plan it again if it took place after all."
    ),
    "activity_not_credited": N_(
        "Hours are not counted for this kind of activity. The reason given: %(reason)s"
    ),
    "nobody_chosen": N_("Choose at least one person who was there."),
    "too_many_lines": N_("At most %(most)s people can be credited at once."),
    "line_twice": N_("This person is on the list twice."),
    "already_attended": N_(
        "This person is already recorded at this session. Correct that record instead."
    ),
    "own_credit": N_("Nobody credits their own hours. Ask another coordinator to credit yours."),
    "own_correction": N_("Nobody corrects their own hours. Ask another coordinator."),
    "credit_changed": N_(
        "This credit was changed by somebody else on %(at)s, after you opened the page."
        " Nothing was recorded. Look at what is there now, then try again."
    ),
    "nothing_changed": N_("This is what is recorded already. Nothing was changed."),
    "password_short": N_("A password needs at least %(least)s characters."),
    "password_wrong": N_("This is not your password. Type the one that you signed in with."),
    "password_long": N_("A password has at most %(most)s characters."),
    "sign_in_failed": N_(
        "That did not work. Check the e-mail address or member number, and the password."
    ),
    "sign_in_throttled": N_(
        "There were too many tries that did not work. Wait %(minutes)s minutes and try again, or"
        " ask a coordinator for a new link."
    ),
    "check_throttled": N_(
        "There were too many tries. Wait %(minutes)s minutes and try again, or ask the group."
    ),
    "token_for_oneself": N_("A token for the API can only be made for oneself."),
    "token_unknown": N_("There is no such token."),
    "token_revoked": N_("This token was already ended."),
    "ledger_below_floor": N_("There are not enough hours in the account. Nothing was recorded."),
    "ledger_key_conflict": N_("This was already recorded differently. Nothing new was recorded."),
    "ledger_refused": N_(
        "The books refused this, so nothing was recorded. Please tell whoever looks after this"
        " time bank."
    ),
    "file_empty": N_("The file has no lines to import."),
    "file_too_large": N_("The file is too large. At most %(most)s lines can be imported at once."),
    "file_not_utf8": N_(
        "Line %(line)s is not in UTF-8. Save the file again as CSV in UTF-8, then import it."
    ),
    "file_not_csv": N_("Line %(line)s is not CSV: a quotation mark is not closed."),
    "column_unknown": N_("There is no column %(column)s. The columns are: %(known)s."),
    "column_weighs": N_(
        "The column %(column)s cannot be imported. Every hour counts the same here, whoever gave"
        " it, so time is never multiplied or given a value."
    ),
    "column_twice": N_("The column %(column)s is there twice."),
    "column_missing": N_("The file needs a column %(column)s."),
    "cells_too_many": N_("This line has more cells than there are columns."),
    "date_wrong": N_("Write a day as year, month and day: 2026-01-05."),
    "date_missing": N_("This line has no day. Add it, or say on which day the first session was."),
    "option_minutes_missing": N_(
        "The file does not say how long people were there. Give the minutes of a session."
    ),
    "option_starts_on_missing": N_(
        "The file does not say when the sessions were. Give the day of the first session."
    ),
    "member_not_on_file": N_(
        "This person is not on file. Add them first, or ask for new members to be added."
    ),
    "member_ambiguous": N_("%(count)s members have this name. Use their member numbers instead."),
    "session_ambiguous": N_("There are several sessions with this title on this day."),
    "row_twice": N_("This person is already on line %(first)s for this session."),
    "already_recorded": N_(
        "This person is already recorded at this session with other figures."
        " Correct that record instead."
    ),
    "no_credited_activity": N_("There is no kind of activity that is credited. Add one first."),
    # --- rewards, redemptions, approvals, statements, delivery
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
    "statement_unknown": N_("There is no such statement."),
    "period_not_ended": N_(
        "This month has not ended yet. Its statements can be issued after %(day)s."
    ),
    "export_format_unknown": N_(
        "The books can be exported for beancount, hledger, as CSV or as a chain."
    ),
    "checkpoints_unreadable": N_("Line %(number)s of %(path)s is not a checkpoint."),
    "notice_unknown": N_("There is no notice of the kind %(kind)s."),
    "message_unknown": N_("There is no such message that could be sent again."),
}

# What is allowed but should be looked at again; codes of previews.
WARNINGS: dict[str, str] = {
    "time_long": N_("More than 12 hours in one box. Is this right?"),
    "below_zero": N_(
        "This leaves the member below zero. That can happen when a mistake is put right; it is"
        " nobody's debt."
    ),
}


# What ``audit.verify`` finds, one line each: codes of the books begin with ``verify.``.
FINDINGS: dict[str, str] = {
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

# Why a notice has not gone out, as ``outbox.problem``.
PROBLEMS: dict[str, str] = {
    "server_unreachable": N_("The mail server could not be reached."),
    "server_sign_in_refused": N_("The mail server refused our name or password."),
    "server_lost": N_("The mail server hung up before it had taken the message."),
    "address_refused": N_("The mail server does not accept this address."),
    "address_unusable": N_("This address cannot be written to by our mail server."),
    "message_refused": N_("The mail server refused the message."),
    "cannot_be_written": N_("The message could not be put together."),
    "no_address": N_("There is no e-mail address on file any more."),
    "link_spent": N_("The link in it was used before it went out."),
    "link_late": N_("The link in it became too old before it went out."),
    "notice_unknown": N_("This version does not know this kind of message."),
}
