"""Web addresses in what readers write."""

import pytest

from broadsheet.rules.links import deceives, is_bare_address


@pytest.mark.parametrize(
    "written",
    [
        "example.com",
        "EXAMPLE.COM",
        "example.org/page",
        "www.agree.it",
        "bbc.co.uk",
        "iitm.ac.in",
        "heise.de",
        "agree.it/page",
        "example.shop/sale",
        "пример.рф",
        "example.com:8080",
    ],
)
def test_an_address_without_http_is_a_link(written):
    assert is_bare_address(written)


@pytest.mark.parametrize(
    "written",
    [
        "agree.It",
        "agree.it",
        "no.in",
        "README.md",
        "setup.py",
        "main.rs",
        "run.sh",
        "time.In",
        "time.Com",
        "good.name",
        "today.So",
        "me.My",
    ],
)
def test_two_sentences_without_a_space_and_names_of_files_are_none(written):
    assert not is_bare_address(written)


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("\u0430pple.com", id="one Cyrillic letter"),
        pytest.param("www.\u0430pple.com", id="within a longer host"),
        pytest.param("\u0430\u0440\u0440\u04cf\u0435.com", id="wholly Cyrillic, looks Latin"),
        pytest.param("g\u03bf\u03bfgle.com", id="Greek letters"),
    ],
)
def test_a_host_that_passes_for_another_deceives(host):
    assert deceives(host)


@pytest.mark.parametrize(
    "host", ["apple.com", "münchen.de", "пример.рф", "россия.com", "中国.cn", "भारत.भारत", ""]
)
def test_a_host_in_a_language_of_its_own_does_not(host):
    assert not deceives(host)
