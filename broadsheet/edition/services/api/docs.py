"""The page that explains the API, made from its OpenAPI schema: no script, nothing from elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from broadsheet.edition.services.addresses import whole
from broadsheet.edition.services.api.views import api

type Json = dict[str, Any]

_CODE = re.compile(r"`([^`]+)`")


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
    operations = [_operation(path, told["get"]) for path, told in schema["paths"].items()]
    inside = dict.fromkeys([*(operation.answer.anchor for operation in operations), "Refusal"])
    for name in list(inside):
        inside |= dict.fromkeys(_within(kinds, name))
    context = {
        "info": schema["info"],
        "page_address": whole(reverse("api")),
        "schema_address": whole(reverse("api-v1:openapi-json")),
        "operations": operations,
        "kinds": [
            (name, [_field(field, told) for field, told in kinds[name]["properties"].items()])
            for name in inside
        ],
    }
    return render(request, "edition/api.html", context)


def _within(kinds: Json, name: str) -> Iterator[str]:
    """Yield the kinds of objects inside a kind, and those inside these."""
    for told in kinds[name]["properties"].values():
        if inner := _kind(told)[1]:
            yield inner
            yield from _within(kinds, inner)


def _operation(path: str, told: Json) -> Operation:
    answer = told["responses"][200]["content"]["application/json"]["schema"]
    return Operation(
        anchor=told["operationId"],
        path=path,
        address="" if "{" in path else whole(path),
        summary=told.get("description") or told["summary"],
        parameters=[
            # A parameter that may be left out is no value of its own.
            replace(field, kind=field.kind.removesuffix(" or null"))
            for one in told.get("parameters", [])
            for field in [_field(one["name"], {**one["schema"], "description": one["description"]})]
        ],
        answer=_field("", answer),
    )


def _field(name: str, told: Json) -> Field:
    kind, anchor = _kind(told)
    return Field(name, kind, _codes(told.get("description", "")), anchor)


def _codes(text: str) -> SafeString:
    """Return a description as HTML, with what stands between backticks as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308  # escaped


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
