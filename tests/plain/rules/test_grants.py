"""A list of subscriptions is read line by line, and no line is dropped unsaid."""

from datetime import date

import pytest

from broadsheet.rules.grants import ColumnsError, Complaint, Grant, read


def test_a_line_gives_a_grant():
    assert list(read(["email,until,note\n", "a@example.org,2027-03-31,Library\n"])) == [
        Grant(2, "a@example.org", date(2027, 3, 31), "Library")
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_all_countries_are_read(delimiter):
    lines = [
        f"\ufeffName{delimiter}E-Mail{delimiter}Ends\r\n",
        f'"Rao, M."{delimiter}m@example.org{delimiter}2027-01-01\r\n',
    ]
    if delimiter != ",":
        lines[1] = lines[1].replace('"Rao, M."', "Rao")

    assert list(read(lines)) == [Grant(2, "m@example.org", date(2027, 1, 1), "")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",2027-01-01", "no e-mail address"),
        ("not an address,2027-01-01", "is no e-mail address"),
        ("a@example.org,", "no last day"),
        ("a@example.org,31/03/2027", "write it as in 2027-03-31"),
        ("a@example.org", "no last day"),
        ('"a@example.org,2027-01-01', "is no e-mail address"),
        ("x" * 10_000, "is no e-mail address"),
    ],
)
def test_a_bad_line_becomes_a_complaint_with_its_number_and_the_rest_go_on(line, reason):
    bad, good = read(["email,until", line, "b@example.org,2027-01-01"])

    assert isinstance(bad, Complaint)
    assert bad.line == 2
    assert reason in bad.reason
    assert good == Grant(3, "b@example.org", date(2027, 1, 1), "")


def test_empty_lines_are_neither_grants_nor_complaints():
    assert list(read(["email,until", "", " , ", "\n"])) == []


@pytest.mark.parametrize("lines", [[], ["name,phone"], ["email,phone"]])
def test_a_list_without_its_columns_is_refused_whole(lines):
    with pytest.raises(ColumnsError, match="email, until"):
        list(read(lines))
