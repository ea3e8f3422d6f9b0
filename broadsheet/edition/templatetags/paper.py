"""What templates of the paper may ask for: ``{% load paper %}``."""

from django import template

from broadsheet.edition import assets

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of one of the paper's own files: ``{% asset "edition/site.css" %}``."""
    return assets.address(name)
