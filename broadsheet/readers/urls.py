"""Every address of the readers' side. There is no other way into an account than those here.

tests/paper/readers/test_addresses.py holds this table to a reviewed list.
"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid
from django.urls import include, path
from django.views.generic import RedirectView

from broadsheet.readers.gates import proved_only
from broadsheet.readers.requests import limited
from broadsheet.readers.views import entrance, proof, registration, security, you
from broadsheet.rules.limits import Action


def to(name: str) -> Any:
    """Answer with another page, whose address keeps what stands behind the question mark."""
    return RedirectView.as_view(pattern_name=name, query_string=True)


entrances = [
    path("login/", entrance.entrance, name="account_login"),
    path("signup/", entrance.entrance, {"newcomer": True}, name="account_signup"),
    path("signup/password/", registration.by_password, name="account_signup_password"),
    path("login/code/confirm/", entrance.code, name="account_confirm_login_code"),
    path("login/password/", entrance.password, name="account_login_password"),
    path(
        "login/passkey/",
        limited(Action.USE_PASSKEY, entrance.Passkey.as_view()),
        name="mfa_login_webauthn",
    ),
    path("logout/", entrance.SignOut.as_view(), name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
    path("oidc/<slug:provider_id>/login/", security.provider, name="openid_connect_login"),
    path(
        "oidc/<slug:provider_id>/login/callback/", openid.callback, name="openid_connect_callback"
    ),
    path("3rdparty/login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", social.login_error, name="socialaccount_login_error"),
    # A password is set anew by whoever gets in by a code.
    path("password/reset/", to("you-password"), name="account_reset_password"),
]

proofs = [
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("reauthenticate/code/", proof.prove_by_code, name="prove-by-code"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "2fa/passkey/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
]

factors = [
    path("2fa/app/add/", proved_only(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/app/remove/", proved_only(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/codes/", proved_only(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/codes/new/",
        proved_only(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/codes/file/",
        proved_only(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/passkey/add/", proved_only(security.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path(
        "2fa/passkey/<int:pk>/remove/",
        proved_only(security.RemovePasskey.as_view()),
        name="mfa_remove_webauthn",
    ),
    # Names that allauth asks for.
    path("2fa/", to("you-security"), name="mfa_index"),
    path("2fa/passkey/", to("you-security"), name="mfa_list_webauthn"),
    path("3rdparty/", to("you-security"), name="socialaccount_connections"),
    path("3rdparty/signup/", to("account_login"), name="socialaccount_signup"),
    path("email/", to("you-addresses"), name="account_email"),
    path("confirm-email/", to("account_login"), name="account_email_verification_sent"),
    path("password/change/", to("you-password"), name="account_change_password"),
    path("password/set/", to("you-password"), name="account_set_password"),
    path("sessions/", to("you-security"), name="usersessions_list"),
]

own_pages = [
    path("", you.overview, name="you"),
    path("readings/", you.readings, name="you-readings"),
    path("state.json", you.state, name="you-state"),
    path("security/", security.security, name="you-security"),
    path("security/sessions/", security.end_session, name="you-sessions"),
    path("security/addresses/", security.addresses, name="you-addresses"),
    path("security/addresses/change/", security.change_address, name="you-address"),
    path("security/addresses/code/", security.address_code, name="you-address-code"),
    path("security/password/", security.password, name="you-password"),
    path("security/provider/remove/", security.disconnect, name="you-provider"),
    path("data/", you.export, name="you-data"),
    path("data/erase/", you.erase, name="you-erase"),
]

urlpatterns = [
    path("accounts/", include([*entrances, *proofs, *factors])),
    path("you/", include(own_pages)),
    path(".well-known/change-password", to("you-password"), name="change-password"),
    # Wagtail's own sign-in knows no limits and no second factor.
    path("desk/login/", to("account_login")),
    path("desk/password_reset/", to("account_login")),
]
