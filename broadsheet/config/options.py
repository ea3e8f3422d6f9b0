"""The options of a paper: from the environment or one file, all faults found at once.

A value comes from, in this order: the environment (``DATABASE_URL``), a file beside it
(``DATABASE_URL_FILE`` names a file that holds the value, for secrets), ``broadsheet.toml``
(``database_url``), the default below. docs/running/settings.md lists every option and a test
holds it to this class.
"""

import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from broadsheet.config.faults import sentence
from broadsheet.press.delivery import webhooks
from broadsheet.rules import addresses

FILE_NAME = "broadsheet.toml"
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?")
SECRETS = {
    "secret_key",
    "alert_secret",
    "oidc_client_secret",
    "database_url",
    "ledger_url",
    "edition_url",
    "mail_url",
}


class OptionsError(Exception):
    """Wrong options. ``faults`` holds one sentence to each, all of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"no time zone is called {name!r}; write it as in 'Asia/Kolkata'")
    return name


def _address(address: str) -> str:
    wrong = ValueError(f"{address!r} is no web address; write it as in 'https://paper.example'")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise wrong from error
    host = parts.hostname or ""
    if (
        parts.scheme not in {"http", "https"}
        # As a browser sends it: other letters than these arrive written in these (xn--…).
        or not (_HOST.fullmatch(host) or ":" in host)
        or re.search(r"\s", address)
        or port == 0
        or parts.query
        or parts.fragment
    ):
        raise wrong
    if parts.username is not None or parts.password is not None:
        raise ValueError("it names a user or a password, which don't belong into it")
    return address.rstrip("/")


def _paper_address(address: str) -> str:
    address = _address(address)
    if urlsplit(address).path:
        raise ValueError("a path stands behind its host; a paper has a host of its own")
    return address


def _mail_addresses(given: list[str]) -> list[str]:
    for address in given:
        try:
            addresses.canonical(address)
        except addresses.AddressError as error:
            raise ValueError(
                f"{address[:80]!r} is no e-mail address; write it as in 'desk@paper.example'"
            ) from error
    return [addresses.canonical(address) for address in given]


def _webhook_secret(secret: str) -> str:
    if secret:
        webhooks.secret_key(secret)
    return secret


def _optional_address(address: str) -> str:
    return _address(address) if address else ""


def _database(url: str) -> str:
    if url:
        database(url, Path())
    return url


class Options(BaseSettings):
    """What a paper may set. Names in the environment are these in capitals."""

    model_config = SettingsConfigDict(extra="ignore", validate_default=False)

    paper_dir: Path = Field(
        default=Path("paper"),
        description="The folder that holds the paper's database, pictures and secret key.",
    )
    paper_name: str = Field(
        default="The Broadsheet", min_length=1, max_length=80, description="The paper's name."
    )
    paper_tagline: str = Field(
        default="", max_length=160, description="A line under the name; empty for none."
    )
    paper_address: Annotated[str, AfterValidator(_paper_address)] = Field(
        default="http://127.0.0.1:8000",
        description="Where readers find the paper: scheme and host, and a port if need be; no path.",
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC",
        description="The paper's own zone: stories are stamped and months turn in it.",
    )
    language: str = Field(
        default="en",
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="The paper's language, as in RFC 5646.",
    )
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        default="",
        description="`sqlite:///path` or `postgresql://user:password@host/name`; empty: "
        "`paper.sqlite3` in the paper's folder.",
    )
    secret_key: str = Field(
        default="",
        description="Signs sessions and links, 50 characters or more; empty: made once and kept "
        "in the paper's folder.",
    )
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=[],
        description="Host names to answer to besides that of `PAPER_ADDRESS`, with commas between.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many proxies in front write X-Forwarded-For; 0: none is believed.",
    )
    debug: bool = Field(default=False, description="Django's debug pages. Never in the open.")
    host: str = Field(default="127.0.0.1", description="The address `broadsheet serve` listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port it listens on.")
    workers: int = Field(default=2, ge=1, le=64, description="Web processes of `broadsheet serve`.")
    threads: int = Field(default=8, ge=1, le=256, description="Django's threads in each of them.")
    plates_mb: int = Field(
        default=64,
        ge=1,
        le=65_536,
        description="Megabytes of finished pages each web process keeps.",
    )
    mail_url: str = Field(
        default="console:",
        pattern=r"^(console:|file:.+|smtps?(\+tls)?://.+)$",
        description="`console:`, `file:folder`, `smtp://`, `smtp+tls://` or "
        "`smtps://user:password@host:port`.",
    )
    mail_from: str = Field(
        default="newsroom@localhost",
        pattern=r"^[^@\r\n]+@[^@\r\n]+$",
        description="The address the paper writes from.",
    )
    meter_allowance: int = Field(
        default=10, ge=0, le=10_000, description="Different metered stories a reader opens a month."
    )
    ledger_url: str = Field(
        default="",
        pattern=r"^$|^(rediss?|valkey|postgres|postgresql)://.+$",
        description="The store of readings: `redis://host:6379/0` (Valkey too; servers of a cluster "
        "with commas between) or `postgresql://…`; empty: the database where it is PostgreSQL, else "
        "a SQLite file of its own.",
    )
    ledger_fails: Literal["open", "closed"] = Field(
        default="open",
        description="What a reader meets while readings can't be counted: `open`, the story, which "
        "counts once the store is back; `closed`, the wall.",
    )
    edition_url: str = Field(
        default="",
        pattern=r"^$|^file$|^(rediss?|valkey|postgres|postgresql)://.+$",
        description="Where machines tell each other what changed: `redis://host:6379/0` (Valkey "
        "too) or `postgresql://…`; `file`: the paper runs on one machine; empty: the database "
        "where it is PostgreSQL, else `file`.",
    )
    alert_after: int = Field(
        default=24,
        ge=0,
        le=8_760,
        description="Hours after which moderators are told that a comment, a report or an appeal "
        "waits for them; 0: never.",
    )
    alert_mail: Annotated[list[str], NoDecode, AfterValidator(_mail_addresses)] = Field(
        default=[],
        description="Who is told by mail, with commas between; empty: every moderator, unless "
        "`ALERT_WEBHOOK` is set.",
    )
    alert_webhook: Annotated[str, AfterValidator(_optional_address)] = Field(
        default="", description="The address that is told by webhook; empty: none."
    )
    alert_secret: Annotated[str, AfterValidator(_webhook_secret)] = Field(
        default="",
        description="Signs the webhook as Standard Webhooks says: `whsec_` and the base64 of 24 "
        "bytes or more; empty: it isn't signed.",
    )
    staff_second_factor: bool = Field(
        default=False, description="Nobody of the staff gets to the desk without a second factor."
    )
    oidc_name: str = Field(
        default="",
        max_length=40,
        description="What the OpenID Connect provider is called on the sign-in page; empty: none.",
    )
    oidc_server: Annotated[str, AfterValidator(_optional_address)] = Field(
        default="", description="The provider's issuer, as in `https://accounts.example.org`."
    )
    oidc_client_id: str = Field(default="", description="The paper's name at the provider.")
    oidc_client_secret: str = Field(
        default="",
        validate_default=True,
        description="The paper's secret at the provider; goes with `OIDC_SERVER`.",
    )
    oembed: bool = Field(
        default=False,
        description="Whether other sites may show a story's headline and opening by oEmbed.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is written to the log."
    )

    @field_validator("allowed_hosts", "alert_mail", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 50:
            raise ValueError("it has fewer than 50 characters")
        return value

    @field_validator("oidc_client_secret")
    @classmethod
    def _all_of_the_provider(cls, value: str, info: ValidationInfo) -> str:
        parts = ["oidc_name", "oidc_server", "oidc_client_id"]
        given = {name: info.data.get(name, "?") for name in parts} | {"oidc_client_secret": value}
        if any(given.values()) and not all(given.values()):
            missing = ", ".join(name.upper() for name, part in given.items() if not part)
            raise ValueError(f"a provider needs {missing} too")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # load() reads the sources itself, so that a fault can name where it was read.
        return (init_settings,)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def load(environment: Mapping[str, str] | None = None, *, directory: Path | None = None) -> Options:
    """Read the options.

    The file is the one ``BROADSHEET_FILE`` names, else ``broadsheet.toml`` in the paper's folder
    (``PAPER_DIR``), else the one in the working directory, else none.

    :param directory: the working directory, from which relative paths count
    :raises OptionsError: with every fault
    """
    environment = os.environ if environment is None else environment
    directory = Path.cwd() if directory is None else directory
    values: dict[str, Any] = {}
    read_from: dict[str, str] = {}
    faults: list[str] = []

    file = _file(environment, directory)
    if file is not None:
        try:
            from_file = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise OptionsError([f"{file}: can't be read ({error.strerror})"]) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise OptionsError([f"{file}: is not TOML ({error})"]) from error
        for name, value in from_file.items():
            if name not in Options.model_fields:
                faults.append(f"{file}: there is no option {name!r}{_nearest(name)}")
            else:
                values[name], read_from[name] = value, f"{name} in {file}"
    for name in Options.model_fields:
        variable = name.upper()
        if f"{variable}_FILE" in environment and name != "paper_dir":
            secret = Path(environment[f"{variable}_FILE"])
            try:
                values[name] = secret.read_text(encoding="utf-8").strip()
                read_from[name] = f"{variable}_FILE"
            except OSError as error:
                faults.append(f"{variable}_FILE: {secret} can't be read ({error.strerror})")
        if variable in environment:
            values[name], read_from[name] = environment[variable], variable

    try:
        options = Options(**values)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0])
            value = values.get(name)
            said = sentence(problem, name, Options.model_fields[name], value)
            shown = "" if name in SECRETS else f" (it is {_shown(value)})"
            faults.append(f"{read_from.get(name, name)}: {said}{shown}")
    folder = directory / str(values.get("paper_dir", Options.model_fields["paper_dir"].default))
    if said := _no_folder(folder):
        faults.append(f"{read_from.get('paper_dir', 'paper_dir')}: {said}")
    if faults:
        raise OptionsError(faults)
    return options.model_copy(update={"paper_dir": (directory / options.paper_dir).resolve()})


def _file(environment: Mapping[str, str], directory: Path) -> Path | None:
    if named := environment.get("BROADSHEET_FILE"):
        return directory / named
    places = [directory / environment.get("PAPER_DIR", "paper") / FILE_NAME, directory / FILE_NAME]
    return next((place for place in places if place.is_file()), None)


def _no_folder(folder: Path) -> str:
    """Return why a folder neither is there nor can be made; nothing where all is well."""
    # Not by Path.exists(), which raises where it may not look.
    there = next(one for one in (folder, *folder.parents) if os.path.exists(one))  # noqa: PTH110
    if not there.is_dir():
        return f"{there} is a file, and the paper needs a folder"
    if there != folder and not os.access(there, os.W_OK):
        return f"{folder} can't be made, since {there} can't be written to"
    return ""


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, Options.model_fields, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _shown(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)[:80]


# A connection whose other end has gone without a word is given up in a minute, not in two hours.
_NETWORK = {
    "connect_timeout": 3,
    "tcp_user_timeout": 60_000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


def database(url: str, paper_dir: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry for a database address.

    SQLite runs in WAL mode with synchronous FULL, so that what was acknowledged survives a power
    cut, and takes the write lock at the start of a transaction, so that none fails half-way.

    :raises ValueError: when the address names no database that the paper can use
    """
    parts = urlsplit(url or f"sqlite:///{paper_dir / 'paper.sqlite3'}")
    if parts.scheme == "sqlite":
        name = unquote(url.partition("///")[2]) if url else str(paper_dir / "paper.sqlite3")
        if not name or parts.netloc:
            raise ValueError(
                "write it as sqlite:///paper.sqlite3 or sqlite:////var/lib/paper.sqlite3"
            )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name if name == ":memory:" else str(paper_dir / name),
            # A connection is kept by each thread; opening one costs two milliseconds a page.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
                    "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        try:
            port = parts.port
        except ValueError as error:
            raise ValueError("the port of the database is no number") from error
        if not parts.path.strip("/"):
            raise ValueError("it names no database; write postgresql://user:password@host/name")
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "broadsheet.config.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            # A socket's folder may stand in the query: postgresql:///name?host=/run/postgresql
            "HOST": query.pop("host", None) or parts.hostname or "",
            "PORT": str(port or query.pop("port", "")),
            # Each thread keeps a connection, checked when a request starts.
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {**_NETWORK, **query},
        }
    raise ValueError("use sqlite:///path or postgresql://user:password@host/name")


def secret_key(options: Options) -> str:
    """Return the secret key, made once and kept in the paper's folder unless it is set.

    :raises OptionsError: when the folder can't be made or used
    """
    if options.secret_key:
        return options.secret_key
    try:
        return _kept_key(options)
    except OSError as error:
        raise OptionsError(
            [f"PAPER_DIR: {options.paper_dir} can't keep the secret key ({error.strerror})"]
        ) from error


def _kept_key(options: Options) -> str:
    file = options.paper_dir / "secret.key"
    if not file.exists():
        options.paper_dir.mkdir(parents=True, exist_ok=True)
        made = file.with_name(f"secret.{secrets.token_hex(4)}")
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:  # noqa: PTH123
            stream.write(secrets.token_urlsafe(64))
        try:
            # Two processes may start a paper at once: the first key stays.
            os.link(made, file)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return file.read_text(encoding="utf-8").strip()
