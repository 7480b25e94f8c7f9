"""What matters, what is liked, being named, the list of skills; and what was chosen, and when."""

from __future__ import annotations

import re

from tests.web.conftest import Web
from timebank import preferences, skills


def test_a_member_says_what_matters_and_sees_it_with_its_day(web: Web) -> None:
    anna = web.member("Anna Bell", "anna@example.org")
    web.sign_in(anna)
    boxes = {"matters": ["skills", "personal"], "liked": ["class"], "named": "initials"}
    assert web.post("/choices/preferences", boxes).status == 303
    page = web.get("/choices/preferences")
    for ticked in ("skills", "personal", "class", "initials"):
        assert f'value="{ticked}" checked' in page.html
    history = web.get("/choices/history")
    assert "Being named Yes, but only the initials Since 2 March 2026, by you" in history.words
    assert "Hours credited Into the account Not changed since the start" in history.words
    assert "Every change" in history.words
    web.post("/choices/preferences", {"matters": [], "liked": [], "named": "no"})
    found = web.community.read(preferences.of_member, anna.member_id)
    assert (found.matters, found.liked, found.named) == ((), (), "no")
    words = web.get("/choices/history").words
    assert "Chosen No Before that Yes, but only the initials Recorded by you" in words


def test_nothing_at_all_can_be_sent_and_made_up_answers_are_refused(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    assert web.post("/choices/preferences", {}).status == 303
    assert "Nothing has been changed yet." in web.get("/choices/history").words
    page = web.post("/choices/preferences", {"matters": ["skills", "cash"], "named": "yes"})
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert 'value="yes" checked' in page.html  # what was chosen is still chosen
    assert web.community.read(preferences.of_member, anna.member_id).named == ""


def test_a_coordinator_notes_it_for_somebody_who_rings(web: Web) -> None:
    cora = web.member("Cora Finch", "cora@example.org")
    anna = web.member("Anna Bell", "anna@example.org")
    web.community.actor_of(cora.person_id)
    web.sign_in("ada@example.org")
    path = f"/members/{anna.member_id}/preferences"
    assert web.post(path, {"matters": ["community"], "named": "yes"}).status == 303
    history = web.get(f"/members/{anna.member_id}/choices/history").words
    assert "Yes, with the name Since 2 March 2026, by Ada Marsh" in history
    assert "Anna Bell" in web.get("/told-us").words
    assert "Fewer than 5" in web.get("/told-us").words
    # The member sees who noted it.
    web.new_browser()
    web.sign_in(anna)
    assert "by Ada Marsh" in web.get("/choices/history").words
    assert web.get("/told-us").status == 403
    assert web.get(f"/members/{cora.member_id}/choices/history").status == 403


def test_a_page_that_somebody_overtook_says_so_and_keeps_what_was_chosen(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    hidden = web.get("/choices/preferences").hidden
    command = preferences.ChangePreferences(revision=1, named="no", member_id=anna.member_id)
    web.community.do(preferences.change_preferences, command)
    late = web.send("/choices/preferences", {**hidden, "named": "yes"})
    assert late.status == 409
    assert "Being named It is now No You typed Yes, with the name" in late.words
    assert 'value="yes" checked' in late.html
    assert web.send("/choices/preferences", {**late.hidden, "named": "yes"}).status == 303


def test_the_choices_of_before_are_paged(web: Web) -> None:
    anna = web.member("Anna Bell")
    for number in range(60):
        command = preferences.ChangePreferences(
            revision=number + 1, named=("yes", "no")[number % 2], member_id=anna.member_id
        )
        web.community.do(preferences.change_preferences, command)
    web.sign_in(anna)
    first = web.get("/choices/history")
    assert "page=2" in first.html
    assert "page=1" in web.get("/choices/history?page=2").html


def test_skills_are_added_changed_and_deleted_by_the_member(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    nothing = web.post("/choices/skills", {"title_words": "", "words": "In the choir"})
    assert nothing.status == 422
    assert "Say in a few words what it is." in nothing.words
    assert "In the choir" in nothing.words
    assert web.post("/choices/skills", {"title_words": "Singing <b>"}).status == 303
    page = web.get("/choices/skills")
    assert "Singing <b>" in page.words or "Singing &lt;b&gt;" in page.html
    (path,) = set(re.findall(r'href="(/skills/[0-9a-f]{32})"', page.html))
    sent = web.get(path).hidden
    assert web.post(path, {"title_words": "Singing", "revision": "1"}).status == 303
    late = web.send(path, {**sent, "key": "0" * 32, "title_words": "Humming", "revision": "1"})
    assert late.status == 409
    gone = web.send(f"{path}/delete", {**sent, "key": "1" * 32, "revision": "1"})
    assert gone.status == 409  # it was changed meanwhile
    hidden = {**web.get(path).hidden, "revision": "2", "key": "2" * 32}
    assert web.send(f"{path}/delete", hidden).status == 303
    assert web.send(f"{path}/delete", hidden).status == 303  # a second click
    assert web.get(path).status == 404
    assert "Nothing is on the list yet." in web.get("/choices/skills").words


def test_skills_are_nobody_elses_to_see(web: Web) -> None:
    anna, ben = web.member("Anna Bell"), web.member("Ben Okafor")
    added = web.community.do(
        skills.add_skill, skills.AddSkill(title_words="Welsh", member_id=anna.member_id)
    )
    web.sign_in(ben)
    assert web.get(f"/skills/{added.skill_id}").status == 403
    assert web.get(f"/members/{anna.member_id}/skills").status == 403
    web.new_browser()
    web.sign_in("ada@example.org")
    path = f"/members/{anna.member_id}/skills"
    assert "Welsh" in web.get(path).words
    assert web.post(path, {"title_words": "Maths"}).location.endswith(path)


def test_the_rewards_one_likes_come_first(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.reward("Art class")
    web.reward("Tea with the chair", kind="thanks")
    command = preferences.ChangePreferences(revision=1, liked=("thanks",), member_id=anna.member_id)
    web.community.do(preferences.change_preferences, command)
    web.sign_in(anna)
    html = web.get("/rewards").html
    assert 0 < html.index("Tea with the chair") < html.index("Art class")
