"""Crediting a session: who, how much, where it goes, and what is refused."""

from __future__ import annotations


def test_hours_reach_the_member(community):
    anna = community.member("Anna Bell")
    session_id = community.session()
    credited = community.credit(session_id, [anna.member_id], minutes=90)
    assert community.balance(anna.member_id) == 90
    assert (credited.credited, credited.credited_minutes) == (1, 90)
