"""Every answer says what a browser may do with it and who may embed it."""

import pytest

from broadsheet.config.statics import Statics
from broadsheet.edition import plates
from broadsheet.press.edge.refusals import REASONS, page
from broadsheet.rules.browsers import PERMISSIONS_POLICY

PATHS = ["/", "/no/such/page/", "/accounts/login/", "/desk/", "/you/", "/search/?q=a", "/feed.xml"]
PATHS += ["/robots.txt", "/sitemap.xml", "/api/v1/openapi.json", "/comments/write/"]


@pytest.mark.parametrize("path", PATHS)
def test_django_says_it(client, front_page, path):
    answer = client.get(path)

    assert answer["Permissions-Policy"] == PERMISSIONS_POLICY
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_finished_page_says_it_too(client, front_page, story):
    finished, answer = dict(plates.headers()), client.get(story.url)

    for name in ("Permissions-Policy", "Cross-Origin-Resource-Policy"):
        assert finished[name] == answer[name]


def test_pictures_and_files_may_be_shown_elsewhere(client, db, tmp_path):
    (tmp_path / "a.css").write_text("a { color: red }")
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    files = Statics(lambda environ, start: [], tmp_path)

    def sent(name):
        headers = []
        environ = {"PATH_INFO": f"/static/{name}", "REQUEST_METHOD": "GET", "QUERY_STRING": ""}
        list(files(environ, lambda status, more, *_: headers.extend(more)))
        return dict(headers)

    assert sent("a.css")["Cross-Origin-Resource-Policy"] == "cross-origin"
    # What can be opened as a page has the policy of pages; a style has no use for it.
    assert sent("a.svg")["Permissions-Policy"] == PERMISSIONS_POLICY
    assert "Permissions-Policy" not in sent("a.css")
    missing = client.get("/media/images/no-such.jpg")
    assert missing["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("status", REASONS)
def test_refusals_say_it_too(status):
    headers, body = page(status)

    assert dict(headers)["Permissions-Policy"] == PERMISSIONS_POLICY
    assert dict(headers)["Cross-Origin-Resource-Policy"] == "same-origin"
    assert dict(headers)["Content-Length"] == str(len(body))
