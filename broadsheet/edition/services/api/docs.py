"""The page that explains the API, made from its OpenAPI schema: no script, nothing from elsewhere."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from broadsheet.edition.services.addresses import whole
from broadsheet.edition.services.api.views import api

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    description: str
    # Names a part of the page that tells what is inside; empty for a plain value.
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    path: str
    address: str
    summary: str
    parameters: list[Field]
    answer: Field


@require_safe
@cache_control(public=True, max_age=3600)
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation with its parameters, and every kind of object."""
    schema: Json = api.get_openapi_schema()
    kinds: Json = schema["components"]["schemas"]
    context = {
        "info": schema["info"],
        "page_address": whole(reverse("api")),
        "schema_address": whole(reverse("api-v1:openapi-json")),
        "operations": [
            _operation(path, operation["get"]) for path, operation in schema["paths"].items()
        ],
        "kinds": [
            (name, [_field(field, told) for field, told in kind["properties"].items()])
            for name, kind in kinds.items()
        ],
    }
    return render(request, "edition/api.html", context)


def _operation(path: str, told: Json) -> Operation:
    answer = told["responses"][200]["content"]["application/json"]["schema"]
    return Operation(
        anchor=told["operationId"],
        path=path,
        address="" if "{" in path else whole(path),
        summary=told.get("description") or told["summary"],
        parameters=[
            _field(one["name"], {**one["schema"], "description": one.get("description", "")})
            for one in told.get("parameters", [])
        ],
        answer=_field("", answer),
    )


def _field(name: str, told: Json) -> Field:
    kind, anchor = _kind(told)
    return Field(name, kind, told.get("description", ""), anchor)


def _kind(told: Json) -> tuple[str, str]:
    """Return what a value is in words, and the name of the kind of object it is or holds."""
    if reference := told.get("$ref"):
        name = reference.rpartition("/")[2]
        return name, name
    if several := told.get("anyOf") or told.get("allOf"):
        parts = [_kind(one) for one in several]
        return " or ".join(part for part, _ in parts), next((name for _, name in parts if name), "")
    if choices := told.get("enum"):
        return " or ".join(f"“{choice}”" for choice in choices), ""
    if told.get("type") == "array":
        inner, anchor = _kind(told["items"])
        return f"list of {inner}", anchor
    words = {
        "date-time": "moment, as in 2011-03-22T15:41:00Z",
        "date": "day, as in 2011-03-22",
    }
    kind: str = words.get(told.get("format", "")) or told.get("type", "anything")
    if "minimum" in told and "maximum" in told and told["maximum"] < 1 << 31:
        kind += f" from {told['minimum']} to {told['maximum']}"
    if told.get("default") is not None:
        kind += f", {told['default']} unless said"
    return kind, ""
