"""Every address of the desk opens for the roles that docs/running/roles.md names, and for no others."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from broadsheet.demo import factories
from broadsheet.newsroom.roles import Role

from .desk_addresses import CAPTION, SECRET, WORDS, addresses, everything, patterns

RUNNING = Path(__file__).parents[3] / "docs/running"
ROLES = (RUNNING / "roles.md").read_text()
SEE_DRAFTS = {Role.WRITERS, Role.EDITORS, Role.ADMINISTRATORS}
# What answers anybody, and shows nothing of the paper.
FOR_ANYBODY = (
    "/desk/login/",
    "/desk/password_reset/",
    "/desk/jsi18n/",
    "/desk/sprite/",
    "/desk/dismissibles/",
    "/desk/test404/",
)


@dataclass(frozen=True)
class Row:
    """A row of the page's table: a part of the desk and who may open it."""

    menu: str
    start: str
    roles: frozenset[Role]


def rows() -> list[Row]:
    found = []
    for line in ROLES.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and cells[1].startswith("`/desk/"):
            marks = zip(Role, cells[2:], strict=True)
            allowed = frozenset(role for role, mark in marks if mark == "yes")
            found.append(Row(cells[0], cells[1].strip("`"), allowed))
    return found


ROWS = rows()


def row_of(path: str) -> Row | None:
    # The first page's own address is no beginning of the others'.
    fitting = [
        row
        for row in ROWS
        if path == row.start or (row.start != "/desk/" and path.startswith(row.start))
    ]
    return max(fitting, key=lambda row: len(row.start), default=None)


def ask(client, method, address):
    """Return whether an address opened, and its answer's body; nothing it did is kept."""
    with transaction.atomic():
        response = getattr(client, method)(str(address))
        body = b"".join(response)
        if response.status_code == 302 and not _turned_away(response):
            # Where the way goes on decides.
            response = client.get(response.url)
        transaction.set_rollback(True)
    return not _turned_away(response), body


def _turned_away(response):
    if response.status_code == 302:
        return response.url.partition("?")[0] in {"/desk/", "/accounts/login/"}
    return response.status_code in {403, 404, 405}


@pytest.fixture
def paper(picture):
    return everything(picture)


def test_every_address_has_its_row():
    lacking = {
        pattern
        for pattern in patterns()
        if row_of(f"/{pattern.replace('^', '')}") is None
        and not f"/{pattern}".startswith(FOR_ANYBODY)
    }

    assert lacking == set()


@pytest.mark.parametrize("role", Role)
def test_an_address_opens_for_no_role_that_its_row_leaves_out(role, paper, staff):
    client = Client(raise_request_exception=False)
    client.force_login(staff(role.value))
    opened = []
    shown = []
    for address in addresses(paper):
        row = row_of(address.path)
        if row is None or (role in row.roles and role in SEE_DRAFTS):
            continue
        for method in ("get",) if address.query.startswith("q=") else ("get", "post"):
            was_opened, body = ask(client, method, address)
            if was_opened and role not in row.roles:
                opened.append((method, str(address)))
            if role not in SEE_DRAFTS and any(
                words.encode() in body for words in (SECRET, WORDS, CAPTION)
            ):
                shown.append((method, str(address)))

    assert opened == []
    assert shown == []


@pytest.mark.parametrize("who", ["a reader", "a visitor"])
def test_no_address_of_the_desk_opens_for_readers_and_visitors(who, paper):
    client = Client(raise_request_exception=False)
    if who == "a reader":
        client.force_login(factories.reader("r@example.org"))
    opened = [
        (method, str(address))
        for address in addresses(paper)
        if not address.query and not address.path.startswith(FOR_ANYBODY)
        for method in ("get", "post")
        if ask(client, method, address)[0]
    ]

    assert opened == []


@pytest.mark.parametrize("role", Role)
def test_the_menu_offers_each_role_what_its_rows_name_and_each_of_it_opens(role, at_desk):
    client = at_desk(role.value)
    named = {row.menu: row.start for row in ROWS if row.menu and role in row.roles}

    assert menu(client.get("/desk/").text) == named
    for address in named.values():
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        assert not any(_turned_away_to(step) for step, _ in answer.redirect_chain), address


def _turned_away_to(address):
    return address.partition("?")[0] in {"/desk/", "/accounts/login/"}


def menu(page):
    """Return what the desk's menu offers: names, such as “Settings → Staff”, and addresses."""
    props = re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert props
    modules = json.loads(props[1])["modules"]
    main = next(one for one in modules if one["_type"].endswith("MainMenuModule"))
    found = {}
    for item in (*main["_args"][0], *main["_args"][1]):
        head, *rest = item["_args"]
        if "url" in head:
            found[head["label"]] = head["url"]
        elif rest:
            found |= {
                f"{head['label']} → {below['_args'][0]['label']}": below["_args"][0]["url"]
                for below in rest[0]
            }
    return found


def test_every_page_of_the_desk_that_the_docs_name_has_its_row():
    menus = {row.menu for row in ROWS}
    for page in RUNNING.glob("*.md"):
        text = re.sub(r"\s+", " ", page.read_text())
        for named in re.findall(r"(?:Settings|Reports) → \w[\w ]*", text):
            assert any(named.startswith(menu) for menu in menus if "→" in menu), (page.name, named)
        for path in re.findall(r"`(/desk/[^`]*)`", text):
            known = row_of(path) or path.startswith((*FOR_ANYBODY, "/desk/logout/"))
            assert known, (page.name, path)


@pytest.mark.parametrize("role", sorted(SEE_DRAFTS))
def test_who_writes_chooses_among_drafts(role, at_desk, section):
    factories.story(SECRET, section=section, publish=False)

    assert SECRET in at_desk(role).get("/desk/choose-page/search/?q=nobody").text
