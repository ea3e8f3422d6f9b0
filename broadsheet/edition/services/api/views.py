"""The read-only JSON API under /api/v1/.

It tells what everybody may read and asks nobody who they are. No other site's page may call it
from a reader's browser (no CORS headers): it is for programs.
"""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema

from broadsheet.edition import cursors
from broadsheet.edition.services.answers import answer
from broadsheet.edition.services.api import reading, schemas

_MOMENT = "Write a day as 2011-03-22, or a moment with its zone as 2011-03-22T15:41:00Z."
# What is said of a parameter that can't be read, where the checker's own words don't help.
_SAID = {
    "since": _MOMENT,
    "until": _MOMENT,
    "cursor": "Pass what `next_cursor` of the page before held, as it was.",
}


class Api(NinjaAPI):
    """Ninja, answering with ETags, and to HEAD as to GET."""

    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        response = super().create_response(
            request, data, status=status, temporal_response=temporal_response
        )
        if response.status_code != 200:
            response["Cache-Control"] = "no-store"
            return response
        return answer(request, response.content, content_type=self.get_content_type(), fresh_for=60)

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**asked)
        for operations in schema["paths"].values():
            operations.pop("head", None)
        return schema


class Refused(Exception):  # noqa: N818  # what the API answers, not what went wrong
    def __init__(
        self, status: int, error: str, faults: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(error)
        self.status, self.error, self.faults = status, error, faults or []


api = Api(
    title=f"{settings.PAPER_NAME}: stories",
    version="1",
    description="Stories, sections, topics and authors, as everybody may read them.",
    docs_url=None,
    openapi_url="openapi.json",
    urls_namespace="api-v1",
)
_READ = ["GET", "HEAD"]
_REFUSALS = {404: schemas.Refusal, 422: schemas.Refusal}


@api.api_operation(
    _READ, "/stories", response={200: schemas.Stories, **_REFUSALS}, tags=["Stories"]
)
def stories(request: HttpRequest, asked: Query[schemas.StoriesAsked]) -> schemas.Stories:
    """Stories, latest first. Several filters: stories that all of them fit."""
    try:
        places = reading.keys(section=asked.section, topic=asked.topic, author=asked.author)
    except reading.NoSuchError as error:
        raise Refused(404, error.said, [(error.where, error.said)]) from error
    return reading.page(
        places,
        since=asked.since,
        until=asked.until,
        before=cursors.read(asked.cursor) if asked.cursor else None,
        limit=asked.limit,
    )


@api.api_operation(
    _READ, "/stories/{number}", response={200: schemas.Story, **_REFUSALS}, tags=["Stories"]
)
def story(
    request: HttpRequest,
    number: Annotated[int, Path(ge=1, le=schemas.MOST_KEYS, description="The `id` of a story.")],
) -> schemas.Story:
    """One story, with all its words where everybody may read them, else with its opening."""
    found = reading.story(number)
    if found is None:
        raise Refused(404, f"There is no published story with the id {number}.")
    return found


@api.api_operation(_READ, "/sections", response={200: schemas.Sections}, tags=["Lists"])
def sections(request: HttpRequest) -> schemas.Sections:
    """All sections, in the paper's order."""
    return reading.sections()


@api.api_operation(_READ, "/topics", response={200: schemas.Topics, **_REFUSALS}, tags=["Lists"])
def topics(request: HttpRequest, asked: Query[schemas.PageAsked]) -> schemas.Topics:
    """Topics with published stories, oldest first."""
    return reading.topics(after=int(asked.cursor or 0), limit=asked.limit)


@api.api_operation(_READ, "/authors", response={200: schemas.Authors, **_REFUSALS}, tags=["Lists"])
def authors(request: HttpRequest, asked: Query[schemas.PageAsked]) -> schemas.Authors:
    """Authors with published stories, oldest first."""
    return reading.authors(after=int(asked.cursor or 0), limit=asked.limit)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return api.create_response(
        request,
        {
            "error": refused.error,
            "faults": [{"where": where, "said": said} for where, said in refused.faults],
        },
        status=refused.status,
    )


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults: dict[str, str] = {}
    for fault in error.errors:
        # The place is (query, perhaps the name of an argument here, name of the parameter, …).
        where = next(str(part) for part in fault["loc"][1:] if part != "asked")
        faults.setdefault(where, _SAID.get(where) or f"{fault['msg']}.")
    return _refused(request, Refused(422, "Not all of this can be asked.", list(faults.items())))
