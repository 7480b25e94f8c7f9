"""Opaque ids, and the short references that people read out on the telephone."""

from __future__ import annotations

import secrets
import uuid

# Without 0, O, 1, I and L, which are mistaken for one another (DOMAIN facts S5).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_id() -> str:
    """32 lower-case hexadecimal digits of a random UUID."""
    return uuid.uuid4().hex


def new_reference(letters: int = 8) -> str:
    """A random reference such as ``7KQ4-M2XW``, easy to read aloud; about 40 bits."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(letters))
    return "-".join(code[i : i + 4] for i in range(0, letters, 4))
