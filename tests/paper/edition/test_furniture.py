"""Head, foot, static files, and pages that say that something is missing."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import RequestFactory
from django.urls import get_resolver

from broadsheet.demo import factories
from broadsheet.edition import assets, navigation, typefaces, views

CSS = Path(str(finders.find("edition/site.css")))
SCRIPTS = ["first.js", "site.js", "gallery.js", "embed.js"]


def test_the_page_of_a_failure_asks_nothing_of_the_database(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = views.failed(RequestFactory().get("/"))

    html = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong on our side" in html
    assert "site.css" in html


def test_a_failure_is_told_even_when_its_page_fails(db, monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("no templates")

    monkeypatch.setattr(views, "render_to_string", broken)

    answer = views.failed(RequestFactory().get("/"))

    assert answer.status_code == 500
    assert b"Try again" in answer.content


def test_the_paper_prints_its_own_pages_of_trouble(db):
    resolver = get_resolver()

    assert resolver.resolve_error_handler(404) is views.not_found
    assert resolver.resolve_error_handler(500) is views.failed


def test_a_wrong_address_does_not_stand_on_its_page(client, front_page):
    answer = client.get('/"><script>alert(1)</script>/')

    assert answer.status_code == 404
    assert b"alert(1)" not in answer.content
    assert b"There is nothing at this address" in answer.content


def test_every_page_leads_to_the_sections_and_to_the_account(client, section):
    html = client.get("/world/").content.decode()

    assert 'href="/world/" aria-current="page"' in html
    assert "/accounts/login/?next=/world/" in html
    assert 'href="/you/"' in html


def test_every_page_has_a_menu_of_all_sections(client, section, django_assert_num_queries):
    factories.section("Asia", parent=section)
    factories.section("Sport")

    html = client.get("/search/").content.decode()

    menu = html.partition("menu__panel")[2].partition("</details>")[0]
    assert re.findall(r'href="(/[^"]+)"', menu) == ["/world/", "/world/asia/", "/sport/"]
    with django_assert_num_queries(1):
        assert [(one.title, len(one.within)) for one in navigation.sections()] == [
            ("World", 1),
            ("Sport", 0),
        ]


def test_static_files_are_asked_for_by_what_they_hold():
    address = assets.address("edition/site.css")

    assert address == f"/static/edition/site.css?v={assets.version(CSS.read_bytes())}"


def test_a_file_that_is_not_there_is_not_asked_for():
    with pytest.raises(assets.NoAssetError):
        assets.address("edition/nothing.css")


def test_the_stylesheet_asks_for_the_fonts_that_the_page_preloads():
    """Another address would fetch them twice."""
    asked = re.findall(r'url\("(fonts/[^"]+)"\)', CSS.read_text())

    assert len(asked) == 5 * len(typefaces.Style)
    for address in asked:
        name, _, version = address.partition("?v=")
        assert version == assets.version((CSS.parent / name).read_bytes()), name


def test_no_page_of_ours_has_script_or_style_inside(client, talks):
    for path in ("/", "/world/", talks.url, "/corrections/", "/archive/", "/nothing/"):
        html = client.get(path).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert not re.search(r"\son\w+=", html)
        for tag in re.findall(r"<script[^>]*>", html):
            assert "src=" in tag or "application/ld+json" in tag
        assert not re.search(r'(?:src|srcset)="https?:', html)


def test_the_scripts_of_a_page_stay_small():
    sizes = [len(gzip.compress((CSS.parent / name).read_bytes(), 9)) for name in SCRIPTS]

    assert sum(sizes) < 12_000


def test_the_index_on_addresses_is_there(db):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "wagtailcore_page")

    assert found["newsroom_page_url_path"]["columns"] == ["url_path"]
