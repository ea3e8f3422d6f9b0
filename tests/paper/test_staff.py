"""Somebody is made one of the staff, and keeps what was theirs."""

import pytest
from allauth.account.models import EmailAddress

from broadsheet.config.staff import StaffError, employ
from broadsheet.readers.models import Reader


def test_a_new_editor_gets_a_password_once_and_a_proved_address(db, client):
    employed = employ(email="Ed@Example.org", role="editors", name="Ed")

    assert employed.reader.is_staff
    assert employed.reader.check_password(employed.made_up)
    assert [group.name for group in employed.reader.groups.all()] == ["Editors"]
    assert EmailAddress.objects.get(user=employed.reader).verified
    client.force_login(employed.reader)
    assert client.get("/desk/").status_code == 200


def test_a_reader_who_is_employed_keeps_the_account_and_its_password(reader):
    before = reader.password

    employed = employ(email=reader.email, role="Writers")

    assert (employed.reader.pk, employed.made_up) == (reader.pk, "")
    reader.refresh_from_db()
    assert reader.password == before


def test_a_stranger_who_registered_an_editors_address_first_gets_nothing(db):
    stranger = Reader.objects.create_user("ed@example.org", "known to the stranger")

    employ(email="ed@example.org", role="Editors")

    stranger.refresh_from_db()
    assert stranger.is_staff
    assert not stranger.has_usable_password()


@pytest.mark.parametrize(
    ("email", "role", "password", "said"),
    [
        ("ed@example.org", "Kings", "", "The roles are Writers, Editors"),
        ("not an address", "Editors", "", "is no e-mail address"),
        ("ed@example.org", "Editors", "short", "The password won't do"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(db, email, role, password, said):
    with pytest.raises(StaffError, match=said):
        employ(email=email, role=role, password=password)

    assert not Reader.objects.exists()
