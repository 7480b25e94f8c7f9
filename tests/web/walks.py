"""Walking through the sample community: every page, form and operation, with one member's ids.

``Walk`` knows the victim, whose things are to stay hers, somebody else, and a browser for each
role; ``look_through`` opens every page of a role and sends each form once as it can be sent;
``operations`` are those of the API. ``tests/web/test_walk.py`` says what must not come of it.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from werkzeug.exceptions import HTTPException

from tests.browser.conftest import build_sample
from tests.browser.places import NO_PAGES, ROLES, Places
from tests.browser.site import Site
from tests.mail_server import Kept
from tests.web.forms_found import FoundForm, forms_of
from tests.web.neighbours import ID, MARK, Browser, Theirs, World, addresses_in
from timebank import organisations, people
from timebank.models import Passkey, RewardWait
from timebank.roles import ADMINISTRATOR, COORDINATOR, Actor
from web.access import BY_LINK, PUBLIC, SIGNED_IN, every_rule, rule_of

PLACES = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>")
VICTIM = "Grace Okafor"
LIMITED, ONLY = "limited@example.org", "only@example.org"
STAFF = ("coordinator", "treasurer", "administrator")
# What only those who work for the group have, what a member has who is not there any more, and an
# entry in the directory: that shows on purpose what somebody offers.
NOT_A_MEMBERS = {
    "amendment", "application", "community", "credit_draft", "directory_entry", "earlier_number",
    "erasure", "history_row", "language_passed", "merge", "opening_hours", "passkey_challenge",
    "role", "safety_check", "safety_check_view", "session_follow_up",
}  # fmt: skip


@dataclass
class Walk:
    """The community, the one whose things are to stay hers, somebody else, and what to try."""

    world: World
    theirs: Theirs
    other: Theirs
    browsers: dict[str, Browser]
    actors: dict[str, Actor]
    usual: dict[str, Any]
    # Addresses that name something of hers, and forms as she and those who look after her see them.
    addresses: set[str] = field(default_factory=set)
    forms: list[Found] = field(default_factory=list)

    @property
    def secrets(self) -> set[str]:
        """What nobody else may be shown: her ids, her words and name, and her figures."""
        return self.theirs.own_ids | {MARK} | self.theirs.figures

    @property
    def instead(self) -> dict[str, str]:
        """For each of her ids one of the other's, of a thing of the same kind."""
        return {
            each: self.other.ids[name][0]
            for name, values in self.theirs.ids.items()
            for each in values
            if self.other.ids.get(name) and each in self.theirs.own_ids
        }

    def look_again(self) -> None:
        """Keep how things are now, and find anew what is hers."""
        self.world.keep()
        self.theirs = self.world.theirs(self.theirs.member_id)

    def may(self, who: str, rule: str | None) -> bool:
        """What the table says; who is nobody may what is open to all."""
        if rule in (PUBLIC, BY_LINK):
            return True
        if who == "nobody":
            return False
        return rule == SIGNED_IN or self.actors[who].may(rule or "")

    def rule(self, method: str, path: str) -> tuple[str, str | None]:
        """The endpoint that an address leads to, and its rule."""
        try:
            endpoint, _ = self.world.app.url_map.bind("localhost").match(
                urlsplit(path).path, method=method
            )
        except HTTPException:
            return "", PUBLIC  # leads nowhere
        return endpoint, rule_of(self.world.app.view_functions[endpoint], method)

    def pages(self, who: str, most: int) -> list[tuple[str, str]]:
        """Patterns of pages that somebody may open, each with an address that names hers."""
        return [
            (path, where)
            for method, path, rule in every_rule(self.world.app)
            if method == "GET" and not NO_PAGES.search(path) and self.may(who, rule)
            for where in self.filled(path, most)
        ]

    def filled(self, path: str, most: int) -> list[str]:
        """A pattern of the URL map with her ids in its open places, in at most so many ways."""
        names = PLACES.findall(path)
        ways = [self._values(name)[:most] for name in names]
        found = []
        for values in itertools.islice(itertools.product(*ways), most):
            rest = iter(values)
            found.append(PLACES.sub(lambda _: next(rest), path))  # noqa: B023 - used at once
        return found

    def _values(self, name: str) -> list[str]:
        if name in self.theirs.ids:
            return self.theirs.ids[name]
        if name in self.usual:
            return [str(self.usual[name])]
        return [self.theirs.member_id if name.endswith("_id") else "1"]


@dataclass(frozen=True)
class Found:
    """A form, who saw it, and what came when it was sent filled in."""

    role: str
    path: str
    form: FoundForm
    status: int
    changed: bool


@dataclass(frozen=True)
class Started:
    """A walk that is about to begin, and the pages of the sample that its member may ask for."""

    walk: Walk
    pages: frozenset[str]


def begin(folder: Path, **more: str) -> Started:
    """The sample community in a new folder; ``more`` are settings."""
    build_sample(folder / "sample")
    shutil.copytree(folder / "sample", folder / "data")
    world = World(folder / "data", **more)
    site = Site(settings=world.settings, clock=world.clock, app=world.app, mails=Kept())
    places = Places(site, "member")
    paths = frozenset(place.path for place in places.all())
    return Started(_people(world, places.usual), paths)


def _people(world: World, usual: dict[str, Any]) -> Walk:
    """Who walks: everybody of the table, and a coordinator of an organisation of its own."""
    world.keep()
    ids = world.member_ids()
    theirs = world.theirs(ids.pop(VICTIM))
    holders = {row["person_id"] for row in world.before["role"].values()}
    other = max(
        (each for each in map(world.theirs, ids.values()) if each.person_id not in holders),
        key=lambda each: (not _ties(theirs, each), len(each.own_ids)),
    )
    assert not _ties(theirs, other)
    world.one_of_each(theirs, NOT_A_MEMBERS - {"directory_entry"})
    world.keep()
    theirs = world.theirs(theirs.member_id)
    _staff(world)
    world.mark(theirs)
    # A place that she waits for and a passkey of hers: in the sample nobody has those.
    with world.database.unit(world.actor(theirs.person_id)) as unit:
        unit.db.add(RewardWait(
            id=uuid4().hex, reward_id=theirs.ids["reward_id"][0], member_id=theirs.member_id,
            turn=99, status="waiting", revision=1, how="online", asked_by=theirs.person_id,
            asked_at=unit.now,
        ))  # fmt: skip
        unit.db.add(Passkey(
            id=uuid4().hex, person_id=theirs.person_id, label=f"{MARK}'s telephone",
            credential=b"c", public_key=b"k", sign_count=0, added_at=unit.now,
        ))  # fmt: skip
    names = {
        "victim": world.number(theirs),
        "member": world.number(other),
        "limited coordinator": LIMITED,
        **{role: ROLES[role] for role in STAFF},
        "administrator alone": ONLY,
    }
    persons = {who: world.person_id(name) for who, name in names.items()}
    for person_id in persons.values():
        world.let_in(person_id)
    browsers = {who: world.browser(name) for who, name in names.items()}
    tokens = {who: world.token(person_id) for who, person_id in persons.items()}
    for who, token in tokens.items():
        browsers[who].bearer = token
    browsers["nobody"] = world.browser()
    world.keep()
    return Walk(
        world=world,
        theirs=world.theirs(theirs.member_id),
        other=world.theirs(other.member_id),
        browsers=browsers,
        actors={who: world.actor(person_id) for who, person_id in persons.items()},
        usual=usual,
    )


def _staff(world: World) -> None:
    """An administrator who is nothing else, and a coordinator of an organisation of nobody's."""
    first = world.actor(world.person_id(ROLES["administrator"]))
    far = organisations.AddOrganisation(name="Far Shore", contact="")
    with world.database.unit(first) as unit:
        organisation_id = organisations.add_organisation(unit, far).organisation_id
        for email, role, limit in (
            (LIMITED, COORDINATOR, organisation_id),
            (ONLY, ADMINISTRATOR, None),
        ):
            added = people.add_person(unit, people.AddPerson(name="Lena Only", email=email))
            people.grant_role(
                unit,
                people.GrantRole(person_id=added.person_id, role=role, organisation_id=limit),
            )


def _ties(one: Theirs, other: Theirs) -> bool:
    return any(one.keys[name] & other.keys[name] for name in one.keys)


def look_through(walk: Walk, role: str, browser: Browser, paths: Iterable[str]) -> None:
    """Open every page, note what it leads to, and send each form once as it can be sent."""
    hers = walk.theirs.own_ids
    seen = {_shape(walk, found.form, found.path) for found in walk.forms}
    waiting = [(path, browser.get(path)) for path in paths]
    while waiting:
        path, answer = waiting.pop()
        if answer.status_code not in (200, 409, 422) or "html" not in (answer.content_type or ""):
            continue
        walk.addresses |= {
            each for each in addresses_in(answer.text) if hers & set(ID.findall(each))
        }
        for form in forms_of(answer.text):
            shape = _shape(walk, form, path)
            if form.method != "post" or shape in seen:
                continue
            seen.add(shape)
            where = urljoin(path, form.action or path)
            sent = browser.send(where, form.filled())
            changed = _keep_or_restore(walk)
            walk.forms.append(Found(role, where, form, sent.status_code, changed))
            waiting.append((where, sent))


def _shape(walk: Walk, form: FoundForm, path: str) -> tuple[Any, ...]:
    """What makes two forms the same: where they go, their boxes, and what is not seen of them."""
    where = urljoin(path, form.action or path)
    steps = {name: value for name, value in form.hidden.items() if not ID.search(value)}
    steps = {name: value for name, value in steps.items() if name not in ("key", "csrf_token")}
    whose = bool(walk.theirs.own_ids & {*ID.findall(where), *form.hidden.values()})
    endpoint, _ = walk.rule("POST", where)
    button = form.button and (form.button.name, form.button.value)
    return endpoint, form.names, tuple(sorted(steps)), button, whose


def operations(walk: Walk) -> Iterator[tuple[str, str, Any]]:
    """Every operation of the API with her ids in its address, its query and its body."""
    document = walk.browsers["nobody"].get("/api/openapi.json").json
    assert document
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method == "parameters":
                continue
            inside = shared + operation.get("parameters", [])
            query = [each["name"] for each in inside if each["in"] == "query"]
            names = [name for name in query if name in walk.theirs.ids]
            shape = operation.get("requestBody", {}).get("content", {})
            body = _body(walk, document, shape.get("application/json", {}).get("schema"), "")
            for where in walk.filled(path.replace("{", "<").replace("}", ">"), 2):
                asked = "&".join(f"{name}={walk.theirs.ids[name][0]}" for name in names)
                yield method.upper(), f"{where}?{asked}" if asked else where, body


def _body(walk: Walk, document: Any, schema: Any, name: str) -> Any:
    """What fits a schema of the document, with her ids wherever an id is asked for."""
    if not schema:
        return None
    if "$ref" in schema:
        *_, last = schema["$ref"].split("/")
        return _body(walk, document, document["components"]["schemas"][last], name)
    for several in ("allOf", "anyOf", "oneOf"):
        if several in schema:
            return _body(walk, document, schema[several][0], name)
    if "properties" in schema:
        inside = schema["properties"].items()
        return {each: _body(walk, document, below, each) for each, below in inside
                if not below.get("readOnly")}  # fmt: skip
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [_body(walk, document, schema["items"], name)]
    if kind == "object":
        return {}
    if kind == "boolean":
        return True
    if kind == "integer":
        return 1
    return _text(walk, schema, name)


def _text(walk: Walk, schema: Any, name: str) -> str:
    if name in walk.theirs.ids:
        return walk.theirs.ids[name][0]
    if name.endswith("_on") or schema.get("format") == "date":
        return walk.world.clock().date().isoformat()
    if name.endswith("_id"):
        return walk.theirs.member_id
    return "somebody@example.org" if "email" in name else "A few words"


def work_through(walk: Walk, who: str) -> None:
    """Ask for every operation once, and keep what gives her something that she had not."""
    for method, where, body in operations(walk):
        walk.browsers[who].ask(method, where, body)
        _keep_or_restore(walk)


def _keep_or_restore(walk: Walk) -> bool:
    """Put all back, but for a row of a sort that she had none of; whether there was a change."""
    changed = walk.world.changed()
    if changed and walk.world.one_more(walk.theirs, NOT_A_MEMBERS):
        walk.look_again()
    elif changed:
        walk.world.restore()
    return changed
