"""The pages, one blueprint a noun, listed in ``BLUEPRINTS``: what is not listed is not served."""

from __future__ import annotations

from flask import Blueprint

from web.pages import (
    account,
    choices,
    doors,
    information,
    links,
    redemptions,
    rewards,
    source,
    start,
    statements,
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
)
