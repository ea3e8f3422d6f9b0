"""Registering with a password of one's own: the address is proved by a code all the same."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from broadsheet.readers.forms import RegistrationForm
from broadsheet.readers.views import entrance


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def by_password(request: HttpRequest) -> HttpResponse:
    """Ask for an address and a password, and send a code to the address, whoever it is.

    The password counts only once the code has shown that the address is theirs, and only where there
    was no account: nobody gives another person's account a password. Until then its hash is kept in
    the session.
    """
    place = entrance.place_wanted(request)
    if request.user.is_authenticated:
        return redirect(place or "/")
    facts: dict[str, Any] = entrance.on(request, place)
    form = RegistrationForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            address = form.cleaned_data["email"]
            status = entrance.try_to_send(request, form, address=address, place=place)
            if status == entrance.SENT:
                hashed = make_password(form.cleaned_data["password"])
                entrance.remember(request, address, password=hashed)
                return redirect("account_confirm_login_code")
    return render(request, "account/signup_password.html", {**facts, "form": form}, status=status)
