"""Where sections may stand."""

import pytest

from broadsheet.demo import factories
from broadsheet.newsroom.models import SectionPage
from tests.paper.newsroom.conftest import section_form

OWN = [
    "search", "corrections", "archive", "topics", "authors", "guidelines", "desk", "you",
    "accounts", "comments", "documents", "media", "static", "api",
]  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_no_section_takes_an_address_of_the_papers_own(at_desk, front_page, name):
    answer = at_desk("Editors").post(
        f"/desk/pages/add/newsroom/sectionpage/{front_page.pk}/",
        {**section_form(slug=name), "action-publish": "1"},
    )

    assert "is an address of the paper" in answer.text
    assert not SectionPage.objects.filter(slug=name).exists()


def test_no_section_is_renamed_to_one(at_desk, section):
    at_desk("Editors").post(
        f"/desk/pages/{section.pk}/edit/",
        {**section_form(slug="search"), "action-publish": "1"},
    )

    assert SectionPage.objects.get().slug == section.slug


def test_deeper_down_every_name_is_free_but_not_on_the_way_up(at_desk, front_page, section):
    desk = at_desk("Editors")
    desk.post(
        f"/desk/pages/add/newsroom/sectionpage/{section.pk}/",
        {**section_form(slug="search"), "action-publish": "1"},
    )
    deep = SectionPage.objects.get(slug="search")

    answer = desk.post(f"/desk/pages/{deep.pk}/move/{front_page.pk}/confirm/", follow=True)
    desk.post(
        f"/desk/bulk/wagtailcore/page/move/?id={deep.pk}",
        {"chooser": front_page.pk, "move_applicable": "on"},
    )

    assert "is an address of the paper" in answer.text
    assert SectionPage.objects.get(slug="search").depth == 4


def test_section_with_a_free_name_moves_up(at_desk, front_page, section):
    deep = factories.section("Rivers", parent=section)

    at_desk("Editors").post(f"/desk/pages/{deep.pk}/move/{front_page.pk}/confirm/")

    assert SectionPage.objects.get(pk=deep.pk).depth == 3
