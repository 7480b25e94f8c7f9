"""The instance: its database, backups, settings, links, and the ledger's refusals."""

from timebank.marks import N_

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
    "ledger_below_floor": N_("There are not enough hours in the account. Nothing was recorded."),
    "ledger_key_conflict": N_("This was already recorded differently. Nothing new was recorded."),
    "ledger_refused": N_(
        "The books refused this, so nothing was recorded. Please tell whoever looks after this"
        " time bank."
    ),
}
