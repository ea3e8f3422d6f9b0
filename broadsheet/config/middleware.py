"""What every answer of Django's tells browsers, whoever made it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from broadsheet.rules import browsers


class BrowserPolicies:
    """Sets Permissions-Policy and Cross-Origin-Resource-Policy. Finished pages bring their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", browsers.PERMISSIONS_POLICY)
        policy = browsers.resource_policy(request.path_info)
        headers.setdefault("Cross-Origin-Resource-Policy", policy)
        return response
