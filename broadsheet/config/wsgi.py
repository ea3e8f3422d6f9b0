"""The WSGI application: Django, with the static files in front of it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from broadsheet.config import statics

application = statics.Statics(
    get_wsgi_application(), statics.collect(settings.OPTIONS.paper_dir / "static")
)
