"""A fresh pass goes with every answer that nobody keeps, so that the edge knows who asks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from broadsheet.wall import doors, gate


class PassMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kept_by_nobody = "no-store" in response.get("Cache-Control", "")
        if kept_by_nobody and gate.cookies().pass_ not in response.cookies:
            doors.renew_pass(request, response)
        return response
