"""Everything the paper keeps about a reader, in one archive: JSON for machines, a page for people.

Every part of the paper hands over its sheets (broadsheet.readers.registry); here are those of the
account itself. Nothing in it opens the account: no password, no digest, no key.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join

from broadsheet.readers import registry, requests
from broadsheet.readers.models import Reader
from broadsheet.readers.registry import Sheet

IN_MEMORY = 4_000_000  # bytes; a larger archive goes to a temporary file


def account_sheets(reader: Reader) -> Iterator[Sheet]:
    """Yield what is kept about the account itself."""
    yield Sheet(
        "account",
        "Account",
        [
            {
                "address": reader.email,
                "name": reader.name,
                "joined": reader.joined_at,
                "last signed in": reader.last_login,
                "has a password": reader.has_usable_password(),
                "works for the paper": reader.is_staff,
            }
        ],
    )
    rows = EmailAddress.objects.filter(user=reader).order_by("pk")
    yield Sheet(
        "addresses",
        "E-mail addresses",
        [{"address": one.email, "proved": one.verified, "main": one.primary} for one in rows],
    )
    factors = Authenticator.objects.filter(user=reader).order_by("pk")
    yield Sheet(
        "ways-to-sign-in",
        "Passkeys and second factors",
        [
            {
                "kind": one.get_type_display(),
                "name": one.data.get("name", ""),
                "added": one.created_at,
                "last used": one.last_used_at,
            }
            for one in factors
        ],
    )
    providers = SocialAccount.objects.filter(user=reader)
    yield Sheet(
        "providers",
        "Accounts elsewhere that open this one",
        [
            {
                "provider": one.provider,
                "number there": one.uid,
                "told us": json.dumps(one.extra_data),
            }
            for one in providers
        ],
    )
    sessions = UserSession.objects.filter(user=reader).order_by("pk")
    yield Sheet(
        "sessions",
        "Where you are signed in",
        [
            {
                "browser": requests.browser_named(one.user_agent),
                "browser in full": one.user_agent,
                "internet address": one.ip,
                "began": one.created_at,
                "last seen": one.last_seen_at,
            }
            for one in sessions
        ],
    )
    yield Sheet(
        "events",
        "What happened to the account",
        [
            {
                "when": one.happened_at,
                "what": one.get_kind_display(),
                "detail": one.detail,
                "browser": one.browser,
                "network": one.network,
            }
            for one in reader.events.order_by("pk")
        ],
    )
    yield Sheet(
        "acts-of-staff",
        "What the paper's staff did",
        [
            {"when": one.done_at, "what": one.act, "why": one.reason}
            for one in reader.acts_of_staff.order_by("pk")
        ],
    )


def sheets(reader: Reader) -> Iterator[Sheet]:
    """Yield everything, part by part."""
    yield from account_sheets(reader)
    for part in registry.parts():
        if part.export:
            yield from part.export(reader)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _words(value: Any, zone: ZoneInfo) -> str:
    match value:
        case None | "":
            return "–"
        case True | False:
            return "yes" if value else "no"
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case list() | tuple():
            return ", ".join(_words(one, zone) for one in value) or "–"
    return str(value)


def _json(rows: Iterable[dict[str, Any]]) -> str:
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return json.dumps(plain, ensure_ascii=False, indent=1)


def _table(rows: list[dict[str, Any]], zone: ZoneInfo) -> str:
    names = list(rows[0])
    head = format_html_join("", "<th scope=col>{}</th>", ((name,) for name in names))
    lines = (
        (format_html_join("", "<td>{}</td>", ((_words(row.get(name), zone),) for name in names)),)
        for row in rows
    )
    body = format_html_join("\n", "<tr>{}</tr>", lines)
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, body)


def archive(reader: Reader, *, now: datetime) -> SpooledTemporaryFile[bytes]:
    """Return the archive, ready to be read from its beginning."""
    zone: ZoneInfo = settings.OPTIONS.zone
    file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    chapters = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for sheet in sheets(reader):
            rows = list(sheet.rows)
            bundle.writestr(f"data/{sheet.name}.json", _json(rows))
            table = _table(rows, zone) if rows else ""
            chapters.append((sheet, len(rows), table))
        page = render_to_string(
            "readers/export.html",
            {
                "chapters": chapters,
                "reader": reader,
                "now": now,
                "zone": zone.key,
                "paper_name": settings.PAPER_NAME,
                "paper_address": settings.PAPER_ADDRESS,
            },
        )
        bundle.writestr("index.html", page)
    file.seek(0)
    return file
