"""What goes with answers: a fresh pass with those that nobody keeps, nobody's cookie with the rest."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from broadsheet.wall import doors, gate


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",")]


class PublicPages:
    """What anybody may keep carries nobody's cookie and is the same for all, whoever asked for it.

    A cache would give the cookie to the next. Stands before all others, so that it sees their work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Where nothing is said of it a cache may guess.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if "public" in _parts(response.get("Cache-Control", "")):
            response.cookies.clear()
            if "Vary" in response.headers:
                named = _parts(response.headers["Vary"])
                kept = [name for name in named if name.lower() != "cookie"]
                response.headers["Vary"] = ", ".join(kept)
                if not kept:
                    del response.headers["Vary"]
        return response


class PassMiddleware:
    """Gives the browser a fresh pass with what nobody keeps, so that the edge knows who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kept_by_nobody = "no-store" in response.get("Cache-Control", "")
        if kept_by_nobody and gate.cookies().pass_ not in response.cookies:
            doors.renew_pass(request, response)
        return response
