"""The paper's policy comes from the desk, and sections narrow it."""

import pytest

from broadsheet.demo import factories
from broadsheet.rules import meter
from broadsheet.wall import policies
from broadsheet.wall.models import SectionPolicy, WallPolicy


@pytest.fixture
def policy(db):
    return WallPolicy.load()


def test_a_fresh_paper_gives_readers_ten_and_visitors_none(policy):
    assert policies.load().paper == meter.Policy(visitors=0, readers=10)


def test_the_option_is_the_number_until_the_desk_sets_one(policy, settings):
    settings.METER_ALLOWANCE = 5
    assert policies.load().paper.readers == 5

    policy.reader_allowance = 3
    policy.save()

    assert policies.load().paper.readers == 3


def test_none_is_a_number_too(policy):
    policy.reader_allowance = 0
    policy.save()

    assert policies.load().paper.readers == 0


def test_a_section_narrows_the_policy_for_all_sections_in_it(policy, section):
    asia = factories.section("Asia", parent=section)
    other = factories.section("Sport")
    SectionPolicy.objects.create(policy=policy, section=section, reader_allowance=3)
    SectionPolicy.objects.create(policy=policy, section=asia, visitor_allowance=2)

    found = policies.load()

    assert found.of(asia.path + "0001") == meter.Policy(visitors=2, readers=3)
    assert found.of(section.path) == meter.Policy(visitors=0, readers=3)
    assert found.of(other.path) == meter.Policy(visitors=0, readers=10)


def test_policies_cost_two_queries(policy, section, django_assert_num_queries):
    for number in range(5):
        inner = factories.section(f"Section {number}", parent=section)
        SectionPolicy.objects.create(policy=policy, section=inner, reader_allowance=number)

    with django_assert_num_queries(2):
        policies.load()


def test_the_desk_says_how_many_words_stand_before_the_wall(
    policy, section, django_capture_on_commit_callbacks
):
    other = factories.section("Sport")
    body = factories.paragraphs(*["One two three four five six seven eight nine ten."] * 20)
    here = factories.story("Here", section=section, body=body)
    there = factories.story("There", section=other, body=body)

    with django_capture_on_commit_callbacks(execute=True):
        policy.teaser_words = 40
        policy.save()
        SectionPolicy.objects.create(policy=policy, section=section, teaser_words=20)

    here.refresh_from_db()
    there.refresh_from_db()
    assert (len(here.teaser), len(there.teaser)) == (2, 4)


def test_a_story_says_for_itself_how_many_words_stand_before_the_wall(policy, section):
    policy.teaser_words = 40
    policy.save()
    body = factories.paragraphs(*["One two three four five six seven eight nine ten."] * 20)

    story = factories.story("Here", section=section, body=body, teaser_words=10)

    assert len(story.teaser) == 1
