"""The community's rules: people, sessions, rewards, redemptions, statements.

Each feature module holds frozen command dataclasses and one plain function per command,
``function(unit, command) -> result``. The edge opens the unit; commands never commit.
"""

__version__ = "0.1.0"
