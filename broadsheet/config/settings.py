"""Django's settings, made from the paper's options (broadsheet.config.options)."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.csp import CSP

from broadsheet.config import options as _options
from broadsheet.rules import embeds as _embeds
from broadsheet.rules import limits as _limits

OPTIONS = _options.load()

DEBUG = OPTIONS.debug
SECRET_KEY = _options.secret_key(OPTIONS)
_address = urlsplit(OPTIONS.paper_address)
_secure = _address.scheme == "https"
_local = (
    {"127.0.0.1", "localhost", "[::1]"}
    if _address.hostname in {"127.0.0.1", "localhost"}
    else set()
)
ALLOWED_HOSTS = sorted({str(_address.hostname), *OPTIONS.allowed_hosts, *_local})
CSRF_TRUSTED_ORIGINS = [OPTIONS.paper_address]

# The paper, as templates and apps ask for it.
PAPER_NAME = OPTIONS.paper_name
PAPER_TAGLINE = OPTIONS.paper_tagline
PAPER_ADDRESS = OPTIONS.paper_address
METER_ALLOWANCE = OPTIONS.meter_allowance
_shared = OPTIONS.database_url if OPTIONS.database_url.startswith("postgres") else ""
LEDGER_URL = OPTIONS.ledger_url or _shared
EDITION_URL = "" if OPTIONS.edition_url == "file" else OPTIONS.edition_url or _shared
LEDGER_FAILS = OPTIONS.ledger_fails
OEMBED = OPTIONS.oembed

INSTALLED_APPS = [
    "broadsheet.config",
    "broadsheet.demo",
    "broadsheet.archive",
    "broadsheet.edition",
    "broadsheet.wall",
    "broadsheet.comments",
    "broadsheet.saved",
    "broadsheet.newsroom",
    "broadsheet.readers",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "wagtail.contrib.frontend_cache",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "broadsheet.newsroom.desk.apps.StaffConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "broadsheet.config.forwarding.ForwardedAddresses",
    "broadsheet.config.middleware.BrowserPolicies",
    "broadsheet.wall.middleware.PublicPages",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "broadsheet.readers.middleware.ReaderMiddleware",
    "broadsheet.wall.middleware.PassMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "broadsheet.readers.middleware.PrivatePages",
    "broadsheet.newsroom.middleware.DeskMiddleware",
]

ROOT_URLCONF = "broadsheet.config.urls"
WSGI_APPLICATION = "broadsheet.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "broadsheet.edition.context.paper",
            ],
        },
    },
]

DATABASES = {"default": _options.database(OPTIONS.database_url, OPTIONS.paper_dir)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People. Readers and staff are one model: staff are readers with a role.
AUTH_USER_MODEL = "readers.Reader"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "broadsheet.readers.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_REDIRECT_URL = "/you/"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
# allauth counts tries in a cache, which each process has for itself: the paper counts them in its
# database instead (broadsheet.rules.limits).
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT = OPTIONS.trusted_proxies
MFA_ADAPTER = "broadsheet.readers.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a clock half a minute wrong still signs in
MFA_FORMS = {
    "authenticate": "broadsheet.readers.forms.SecondFactorForm",
    "reauthenticate": "broadsheet.readers.forms.ProveByFactorForm",
    "activate_totp": "broadsheet.readers.forms.AddFactorForm",
    "authenticate_webauthn": "broadsheet.readers.passkey_forms.AuthenticatePasskeyForm",
    "login_webauthn": "broadsheet.readers.passkey_forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "broadsheet.readers.passkey_forms.ReauthenticatePasskeyForm",
    "add_webauthn": "broadsheet.readers.passkey_forms.AddPasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "broadsheet.readers.adapters.SocialAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OPTIONS.oidc_server:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "provider",
                "name": OPTIONS.oidc_name,
                "client_id": OPTIONS.oidc_client_id,
                "secret": OPTIONS.oidc_client_secret,
                "settings": {"server_url": OPTIONS.oidc_server},
            }
        ],
    }
STAFF_SECOND_FACTOR = OPTIONS.staff_second_factor
SESSION_COOKIE_AGE = _limits.IDLE

LANGUAGE_CODE = OPTIONS.language
TIME_ZONE = OPTIONS.time_zone
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
MEDIA_URL = "/media/"
MEDIA_ROOT = OPTIONS.paper_dir / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Wagtail's own tasks run at once; the paper's slow ones (renditions) wait for `broadsheet work`.
TASKS = {
    "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"},
    "work": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []},
}


def _mailer(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    backends = "django.core.mail.backends"
    if parts.scheme == "console":
        return {"BACKEND": f"{backends}.console.EmailBackend"}
    if parts.scheme == "file":
        folder = OPTIONS.paper_dir / unquote(url.partition(":")[2])
        return {
            "BACKEND": f"{backends}.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(folder)},
        }
    timeout = int(parse_qs(parts.query).get("timeout", ["20"])[0])
    return {
        "BACKEND": "broadsheet.readers.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtps",
            "timeout": timeout,
        },
    }


MAILERS = {"default": _mailer(OPTIONS.mail_url)}
DEFAULT_FROM_EMAIL = f"{OPTIONS.paper_name} <{OPTIONS.mail_from}>"
SERVER_EMAIL = OPTIONS.mail_from

# The newsroom.
WAGTAIL_SITE_NAME = OPTIONS.paper_name
WAGTAILADMIN_BASE_URL = OPTIONS.paper_address
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Passwords and addresses are changed on the reader's own pages, after a fresh proof.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# The desk reads and writes every moment on the paper's clock.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_AUTOSAVE_INTERVAL = 1_500  # milliseconds after the last change
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = [(OPTIONS.language, OPTIONS.language)]
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAIL_USAGE_COUNT_ENABLED = False
# Where a story or a section was, broadsheet.archive remembers: one redirect, whatever moved since.
WAGTAILREDIRECTS_AUTO_CREATE = False
WAGTAILIMAGES_IMAGE_MODEL = "newsroom.Picture"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "epub", "json", "ods", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILEMBEDS_RESPONSIVE_HTML = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "broadsheet.newsroom.searching"}}
TAGGIT_CASE_INSENSITIVE = True

# What browsers may do on the paper's pages: nothing from elsewhere, no inline script or style.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    # What a reader may open inside a story, once asked for (broadsheet.rules.embeds).
    "frame-src": list(_embeds.FRAME_SOURCES),
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _secure
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_NAME = "__Host-session" if _secure else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _secure else "csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# It gives the words of a form back whose token is out of date.
CSRF_FAILURE_VIEW = "broadsheet.comments.views.kept_words.csrf_failure"
if OPTIONS.trusted_proxies and _secure:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Search vectors and their indexes need none of what that app brings (lookups, other types).
SILENCED_SYSTEM_CHECKS = ["postgres.E005"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "filters": {"once": {"()": "broadsheet.press.outages.OnceFilter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["once"]},
    },
    "root": {"handlers": ["stderr"], "level": OPTIONS.log_level.upper()},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django": {"handlers": [], "propagate": True},
        "django.tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
    },
}
