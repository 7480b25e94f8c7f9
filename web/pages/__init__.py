"""The pages, one blueprint a noun, listed in ``BLUEPRINTS``: what is not listed is not served."""

from __future__ import annotations

from flask import Blueprint

from web.pages import (
    account,
    books,
    choices,
    community,
    corrections,
    crediting,
    deciding,
    doors,
    helping,
    information,
    issuing,
    links,
    members,
    redemptions,
    reward_changes,
    rewards,
    roles,
    sessions,
    source,
    start,
    statements,
    to_do,
    tokens,
    trail,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    start.pages,
    doors.pages,
    links.pages,
    account.pages,
    statements.pages,
    rewards.pages,
    redemptions.pages,
    choices.pages,
    information.pages,
    source.pages,
    to_do.pages,
    members.pages,
    helping.pages,
    sessions.pages,
    crediting.pages,
    corrections.pages,
    deciding.pages,
    reward_changes.pages,
    issuing.pages,
    community.pages,
    roles.pages,
    trail.pages,
    books.pages,
    tokens.pages,
)
