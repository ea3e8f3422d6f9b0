"""Names that could be taken for the paper's or one of its people's."""

import pytest

from broadsheet.rules.imitation import check_imitation
from broadsheet.rules.names import ShownNameError

PEOPLE = ["Anita Rao", "Ilango Pereira", "Dr. Meera Nair", "Bose"]


@pytest.mark.parametrize(
    "name",
    [
        "anita  rao",
        "Anita Rаo",  # a Cyrillic а
        "AN1TA RA0",
        "Аnita",  # mixed within a word
        "Chief Editor",
        "M0derator",
        "The Morning Tide",
        "TheMorningTide Official",
        "Mod-Team",
        "Editor-in-Chief",
        "Mira_the_editor",
        "Mira (moderator)",
        "TheEditor",
        "mod.erator",
        "Editør",
        "Edi\u0338tor-at-large",
        "Adm|n-Team",
        "Ilango Pereıra",
        "Anita Rąo",
        "Pereira Ilango",
        "Rao, Anita",
        "ilangopereira",
        "Ilango Pereira 2",
        "Prof. Anita Rao",
        "Meera Nair",
        "The real Anita Rao",
        "Anita Rao (official)",
        "Mr Bose",
        "Admin1",
        "Admin 007",
        "Ed1tor99",
        "Newsdesk",
        "Night-Desk",
        "Modteam",
        "Sub Editor",
        "Special Correspondent",
        "Staff",
        "Staff Writer",
        "Tide Staff",
        "Our Staff",
        "Editorial Team",
        "Comments Team",
        "Morning Tide",
    ],
)
def test_nobody_passes_for_somebody_of_the_paper(name):
    with pytest.raises(ShownNameError):
        check_imitation(name, people=PEOPLE, paper="The Morning Tide")


@pytest.mark.parametrize(
    "name",
    [
        "Anita Raman",
        "Анита",
        "Νίκος",
        "Edith",
        "O’Brien",
        "மீனாட்சி",
        "Mary-Ann",
        "St. John",
        "J.R.R. Tolkien",
        "Sam Editorial",
        "Søren Łuksza",
        "McModey",
        "Jamie Staff",
        "Jamie McStaff",
        "Bose Kumar",
        "Anita",
        "Alex Press",
        "Maya City",
        "Modi",
        "Commodore",
        "The Morning",
        "Joe Root",
    ],
)
def test_other_names_are_anybodys(name):
    check_imitation(name, people=PEOPLE, paper="The Morning Tide")


@pytest.mark.parametrize("name", ["Mercury", "The Mercury", "The Mercury Online", "TheMercury99"])
def test_nobody_passes_for_a_paper_called_by_one_word(name):
    with pytest.raises(ShownNameError):
        check_imitation(name, people=[], paper="The Mercury")


def test_a_paper_called_by_one_word_shares_it_with_people():
    check_imitation("Freddie Mercury", people=[], paper="The Mercury")
