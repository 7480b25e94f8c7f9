"""What waits, and dealing with what members asked for."""

from __future__ import annotations

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, queries, staff
from timebank import approvals, community, people, redemptions, tasks, to_do
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell")
    web.credited(added.member_id, 600)
    web.sign_in(ADMIN)
    return added


@pytest.fixture
def asked(web: Web, anna: MemberAdded) -> str:
    """The page on which a class of 2 hours, that Anna asked for, is decided."""
    return f"/redemptions/{web.ask(web.reward(), anna)}/decide"


def _status(web: Web, path: str) -> str:
    found = web.community.read(redemptions.redemption, path.split("/")[2])
    return str(found.status)


def _do(web: Web, path: str, do: str, **boxes: str) -> Page:
    return web.post(path, {"do": do, **boxes})


def test_nothing_waits(web: Web, anna: MemberAdded) -> None:
    assert "Nothing waits." in web.get("/to-do").words


def test_what_waits(web: Web, asked: str) -> None:
    web.community.session("Still to credit")
    words = web.get("/to-do").words
    assert "Waiting now, the longest first" in words
    assert "Answer the request for Pottery class" in words
    assert "Anna Bell" in words
    assert "Credit Still to credit" in words
    assert "2 March 2026" in words


def test_what_somebody_else_has_to_do_stands_apart(web: Web, asked: str) -> None:
    found = web.community.read(to_do.waiting)
    assert [each.hindrance for each in found] == [None]
    own = web.community.admin
    session_id = web.community.session()
    cora = web.community.actor_of(staff(web, "Cora Day").person_id)
    web.community.credit(session_id, [own.member_id or ""], actor=cora)
    mine = MemberAdded(member_id=own.member_id or "", person_id=own.person_id, number=0,
                       link_id=None)  # fmt: skip
    web.ask(web.reward("Bird walk"), mine)
    words = web.get("/to-do").words
    assert words.index("Answer the request for Pottery") < words.index("For somebody else")
    assert words.index("For somebody else") < words.index("Answer the request for Bird walk")


def test_every_task_leads_to_a_page_that_is_there(web: Web, asked: str) -> None:
    web.community.session("Still to credit")
    web.member("Peter Paper", statement_by="paper")
    web.community.clock.forward(days=40)
    web.sign_in(ADMIN)
    found = web.community.read(to_do.waiting)
    assert {each.verb for each in found} >= {"credit_session", "decide_request", "issue_statements"}
    for each in found:
        assert web.get(each.path).status == 200, each.verb


def test_every_verb_has_words_and_every_word_a_verb() -> None:
    """Each source names its verbs, and none is left over from one that is gone."""
    import ast
    import inspect

    used = set()
    for source in to_do.SOURCES:
        tree = ast.parse(inspect.getsource(inspect.getmodule(source)))
        used |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert [verb for verb in tasks.VERBS if verb not in used] == []


def test_the_same_queries_for_many_requests(web: Web, asked: str, anna: MemberAdded) -> None:
    with queries(web) as few:
        web.get("/to-do")
    reward_id = web.reward("Tea", 10)
    for _ in range(8):
        web.ask(reward_id, anna)
    with queries(web) as many:
        web.get("/to-do")
    assert len(many) == len(few)


def test_agree_and_hand_over(web: Web, asked: str, anna: MemberAdded) -> None:
    assert "Uses 2 hours" in web.get(asked).words
    assert _do(web, asked, "approve").status == 303
    assert "Hand over Pottery class" in web.get("/to-do").words
    assert "Agreed. The member is told." not in web.get(asked).words  # said once, on the way
    assert _do(web, asked, "fulfil").status == 303
    assert _status(web, asked) == "fulfilled"
    assert "Nothing waits." in web.get("/to-do").words
    assert web.community.balance(anna.member_id) == 480


def test_not_agreed_needs_a_reason(web: Web, asked: str, anna: MemberAdded) -> None:
    page = _do(web, asked, "decline", words="Sorry")
    assert page.status == 422
    assert '<a href="#reason">Choose a reason.</a>' in page.html
    assert "Sorry" in page.html
    assert _do(web, asked, "decline", reason="not_available", words="Sorry").status == 303
    assert web.community.balance(anna.member_id) == 600
    assert "It is not available. Sorry" in web.get(asked).words


def test_undo_a_handing_over(web: Web, asked: str, anna: MemberAdded) -> None:
    _do(web, asked, "approve")
    _do(web, asked, "fulfil")
    assert _do(web, asked, "undo", words="").status == 422
    assert _do(web, asked, "undo", words="She was ill").status == 303
    assert _status(web, asked) == "approved"


def test_called_off_for_a_member(web: Web, asked: str, anna: MemberAdded) -> None:
    assert _do(web, asked, "cancel").status == 303
    assert web.community.balance(anna.member_id) == 600


def test_sent_twice_it_is_done_once(web: Web, asked: str) -> None:
    data = {**web.get(asked).hidden, "do": "approve"}
    assert web.send(asked, data).status == web.send(asked, data).status == 303
    assert web.community.read(redemptions.redemption, asked.split("/")[2]).revision == 2


def test_somebody_was_faster(web: Web, asked: str) -> None:
    cora = web.community.actor_of(staff(web, "Cora Day").person_id)
    data = {**web.get(asked).hidden, "do": "approve"}
    command = redemptions.DeclineRedemption(redemption_id=asked.split("/")[2], revision=1)
    web.community.do(redemptions.decline_redemption, command, actor=cora)
    late = web.send(asked, data)
    assert late.status == 409
    assert "Cora Day did not agree to a request on 2 March 2026 at 10:00" in late.words
    assert _status(web, asked) == "declined"


def test_nobody_decides_their_own(web: Web, anna: MemberAdded) -> None:
    cora = web.community.actor_of(staff(web, "Cora Day").person_id)
    own = web.community.admin
    session_id = web.community.session()
    web.community.credit(session_id, [own.member_id or ""], actor=cora)
    mine = MemberAdded(member_id=own.member_id or "", person_id=own.person_id, number=0,
                       link_id=None)  # fmt: skip
    path = f"/redemptions/{web.ask(web.reward(), mine)}/decide"
    page = web.get(path)
    assert "Nobody acts for themselves." in page.words
    assert 'value="approve"' not in page.html
    assert "For somebody else" in web.get("/to-do").words
    forged = {**web.get("/tokens").hidden, "do": "approve", "revision": "1", "key": "k" * 32}
    refused = web.send(path, forged)
    assert refused.status == 403
    assert _status(web, path) == "requested"


def test_the_second_approver_is_asked_by_mail(web: Web, asked: str) -> None:
    trustee = web.community.do(
        people.add_person, people.AddPerson(name="Tess Trust", email="tess@example.org")
    )
    assert "second approver under" not in web.get(asked).words
    web.community.do(community.change_community, community.ChangeCommunity(
        revision=1, name="Riverside Time Bank", brand_colour="#6b3a6e", contact_name="Ada Marsh",
        contact_email="", contact_phone="", second_approver_id=trustee.person_id,
    ))  # fmt: skip
    assert "Ask Tess Trust, the second approver, by mail" in web.get(asked).words
    assert _do(web, asked, "ask").status == 303
    assert "asked the second approver" in web.get(asked).words
    assert approvals.PURPOSE_OF_STATUS[_status(web, asked)] == "decide"


def test_an_unknown_step_is_refused(web: Web, asked: str) -> None:
    assert _do(web, asked, "steal").status == 422
    assert _status(web, asked) == "requested"


def test_members_do_not_see_it(web: Web, asked: str, anna: MemberAdded) -> None:
    web.new_browser()
    web.sign_in(anna)
    assert web.get("/to-do").status == web.get(asked).status == 403


def test_the_members_own_page_says_where_it_stands(web: Web, asked: str, anna: MemberAdded) -> None:
    words = web.get(f"/members/{anna.member_id}").words
    assert "2 hours more is set aside" in words
    assert "Waiting for an answer" in words
