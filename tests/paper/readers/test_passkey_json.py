"""What is no passkey is no way in, and no fault of ours."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize(
    "credential",
    ["NaN", "-Infinity", "1e999", "[]", '"a"', '{"id": NaN}', '{"rawId": "a", "response": NaN}'],
)
def test_odd_json_for_a_passkey_is_refused(client, db, credential):
    address = reverse("mfa_login_webauthn")
    client.get(address, headers={"X-Requested-With": "XMLHttpRequest"})

    answer = client.post(address, {"credential": credential})

    assert answer.status_code < 500
    assert "_auth_user_id" not in client.session
