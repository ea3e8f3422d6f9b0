"""What templates of the paper may ask for: ``{% load paper %}``."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from broadsheet.edition import assets, metadata, navigation, typefaces
from broadsheet.newsroom import renditions
from broadsheet.newsroom.models import Picture, StoryPage
from broadsheet.rules import stamps
from broadsheet.rules.languages import is_right_to_left

register = template.Library()


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of one of the paper's own files: ``{% asset "edition/site.css" %}``."""
    return assets.address(name)


_FONTS = "<!-- fonts -->"


@register.simple_tag
def fonts() -> SafeString:
    """Mark where ``{% withfonts %}`` puts its preloads: before the stylesheet."""
    return SafeString(_FONTS)


@register.tag("withfonts")
class WithFonts(template.Node):
    """Print a page, and preload the fonts that its first screen is set in."""

    nodelist: NodeList

    def __init__(self, parser: Parser, token: Token) -> None:
        self.nodelist = parser.parse(("endwithfonts",))
        parser.delete_first_token()

    def render(self, context: template.Context) -> SafeString:
        page = self.nodelist.render(context)
        preloads = format_html_join(
            "\n        ",
            '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>',
            ((assets.address(f"edition/fonts/{name}.woff2"),) for name in typefaces.files(page)),
        )
        return SafeString(page.replace(_FONTS, preloads, 1))


@register.filter
def day(at: datetime) -> SafeString:
    """Print the day of a moment: ``March 22, 2011``."""
    return _time(at, stamps.day(at.astimezone(zone())))


@register.filter
def clock(at: datetime) -> SafeString:
    """Print the time of day of a moment: ``09:11 pm``."""
    return _time(at, stamps.clock(at, zone()))


@register.filter
def glance(at: datetime, today: date) -> SafeString:
    """Print a moment in a few letters: the time of today, the day of any other."""
    on = at.astimezone(zone()).date()
    return _time(at, stamps.clock(at, zone()) if on == today else stamps.day_near(on, today))


@register.filter
def stamp(at: datetime) -> SafeString:
    """Print a moment with its zone: ``March 22, 2011 09:11 pm IST``."""
    return _time(at, f"{stamps.moment(at, zone())} {stamps.zone_name(at, zone())}")


def _time(at: datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', metadata.here(at), words)


@register.inclusion_tag("edition/_head_line.html")
def head_line(story: StoryPage) -> dict[str, Any]:
    """Print a story's head line: its moments, the zone once, and the place."""
    if story.published_at is None:
        return {}
    line = stamps.head_line(
        story.published_at, story.updated_at, zone=zone(), dateline=story.dateline
    )
    return {
        "line": line,
        "published_at": metadata.here(story.published_at),
        "updated_at": metadata.here(story.updated_at) if line.updated and story.updated_at else "",
    }


@register.inclusion_tag("edition/_picture.html")
def picture(
    of: Picture | renditions.Printed | None, use: str, sizes: str, *, eager: bool = False
) -> dict[str, Any]:
    """Print a picture: ``{% picture story.lead_picture "card" "(min-width: 40rem) 15rem, 40vw" %}``.

    :param sizes: how wide it is shown, for the browser to choose by
    :param eager: for the one picture that a page opens with
    """
    printed = (
        of
        if isinstance(of, renditions.Printed)
        else renditions.printed(of or None, renditions.Use(use))
    )
    return {"printed": printed, "sizes": sizes, "eager": eager}


@register.filter
def direction(language: str) -> SafeString:
    """Print the attribute for words that run the other way than the paper; empty where they don't.

    :param language: a story's; empty for the paper's own
    """
    backwards = is_right_to_left(language or settings.LANGUAGE_CODE)
    if backwards == is_right_to_left(settings.LANGUAGE_CODE):
        return SafeString("")
    return SafeString(f' dir="{"rtl" if backwards else "ltr"}"')


@register.filter
def hue(path: str) -> int:
    """Return the number of a section's colour, from the tree path of anything in it."""
    return navigation.hue(path)


@register.simple_tag
def json_ld(facts: Mapping[str, Any]) -> SafeString:
    """Print what machines read."""
    return metadata.script(facts)


@register.simple_tag
def nameplate(name: str) -> str:
    """Return the size of the paper's name on the front page: the longer, the smaller."""
    sizes = [(11, ""), (18, "medium"), (30, "long")]
    size = next((size for most, size in sizes if len(name) <= most), "longer")
    return f" nameplate__name--{size}" if size else ""


@register.simple_tag
def absolute(address: str) -> str:
    """Return a whole address from one on the paper."""
    return metadata.absolute(address)


@register.filter
def long_day(on: date) -> str:
    """Print a day without a moment: ``March 22, 2011``."""
    return stamps.day(on)


@register.filter
def weekday(on: date) -> str:
    """Print a day without a moment: ``Tuesday, March 22, 2011``."""
    return stamps.weekday(on)


@register.filter
def month_year(on: date) -> str:
    return stamps.month(on)


@register.filter
def month_short(on: date) -> str:
    """Print a month as a calendar does: ``Mar``."""
    return stamps.MONTHS[on.month - 1][:3]


@register.filter
def month_day(on: date) -> str:
    """Print a day of any year: ``March 22``."""
    return f"{stamps.MONTHS[on.month - 1]} {on.day}"
