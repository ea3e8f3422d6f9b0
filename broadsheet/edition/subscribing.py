"""The page that says how to subscribe, in the paper's own words until the desk writes others."""

from django.conf import settings

from broadsheet.edition import markup, metadata, printing
from broadsheet.wall.models import WallPolicy


def subscribe_html(*, here: str) -> str:
    """Print the page, with what Settings → Wall and meter says."""
    policy = WallPolicy.objects.first() or WallPolicy()
    return printing.page(
        "subscribe",
        here=here,
        canonical=metadata.absolute(here),
        text=markup.expand([policy.subscribe_text])[0] if policy.subscribe_text else "",
        contact=policy.subscribe_contact or settings.OPTIONS.mail_from,
        elsewhere=policy.subscribe_address,
    )
