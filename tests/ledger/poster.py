"""A process that posts credits as fast as it can and prints each key once it is committed.

python -m tests.ledger.poster URL NAME HOW_MANY
"""

from __future__ import annotations

import sys

from ledger import Book
from tests.ledger.conftest import MEMBER, NOON, OTHER, credit, engine_for


def main(url: str, name: str, how_many: int) -> None:
    """Post pairs of credits, one commit for each pair; acknowledge on standard output."""
    engine = engine_for(url)
    with engine.connect() as connection:
        for number in range(how_many):
            with connection.begin():
                book = Book.open(connection)
                book.lock()
                # A pair in one unit: half of one must never be seen.
                pair = [credit(f"{name}.{number}.{who[-1]}", 1, who) for who in (MEMBER, OTHER)]
                posted = book.post_many(pair, posted_at=NOON + number)
            print(*(each.key for each in posted), flush=True)
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
