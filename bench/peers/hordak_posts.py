"""django-hordak as its documentation has it, told what to do line by line.

Runs in the peers' own environment: it imports nothing of ours, and we import nothing of it.
"""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
        }
    },
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from hordak.models import Account, AccountType, Leg, LegView, Transaction  # noqa: E402
from moneyed import Money  # noqa: E402

call_command("migrate", verbosity=0)

HOUR = Money("1.00", "GBP")
issued, *members = [
    Account.objects.create(
        name=f"Account {number}", code=f"{number:03}", type=AccountType.asset, currencies=["GBP"]
    )
    for number in range(301)
]
posted = 0


def post(commits: int) -> None:
    """Transfer and commit, one by one."""
    global posted
    for _ in range(commits):
        posted += 1
        with transaction.atomic():
            issued.transfer_to(members[posted % 300], HOUR, description="credit")


def fill(size: int) -> None:
    """Transfer in bulk until the account has so many legs."""
    global posted
    while posted < size:
        some = min(5_000, size - posted)
        with transaction.atomic():
            made = Transaction.objects.bulk_create(
                [Transaction(description="credit") for _ in range(some)]
            )
            legs = []
            for number, each in enumerate(made):
                legs.append(Leg(transaction=each, account=issued, credit=HOUR))
                legs.append(Leg(transaction=each, account=members[number % 300], debit=HOUR))
            Leg.objects.bulk_create(legs)
        posted += some


def page() -> None:
    """Read the newest fifty legs with their running balances."""
    newest = LegView.objects.filter(account=issued).order_by("-leg_id")[:50]
    assert len([each.account_balance for each in newest]) == 50


for line in sys.stdin:
    word, *rest = line.split()
    if word == "post":
        post(int(rest[0]))
    elif word == "fill":
        fill(int(rest[0]))
    elif word == "page":
        page()
    print("done", flush=True)
