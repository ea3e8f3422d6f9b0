"""Options come from the environment or one file, and every fault is told at once."""

from pathlib import Path

import pytest

from broadsheet.config.faults import lookalikes
from broadsheet.config.options import Options, OptionsError, database, load, secret_key

PAGE = (Path(__file__).parents[2] / "docs/running/settings.md").read_text()


@pytest.mark.parametrize("name", Options.model_fields)
def test_every_option_is_on_its_page_with_its_default(name):
    field = Options.model_fields[name]
    shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    default = f"`{shown}`" if field.default not in ("", [], None) else ""

    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name.upper()}` |"))
    assert [cell.strip() for cell in row.split("|")[2:4]] == [default, field.description]


def test_the_page_names_no_option_that_is_not_there():
    named = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}

    assert named == {name.upper() for name in Options.model_fields}


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / "broadsheet.toml").write_text('paper_name = "In the file"\nport = 9000\n')

    options = load({"PAPER_NAME": "In the environment"}, directory=tmp_path)

    assert (options.paper_name, options.port) == ("In the environment", 9000)


def test_the_file_in_the_papers_folder_is_found(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/broadsheet.toml").write_text('time_zone = "Asia/Kolkata"\n')

    assert load({"PAPER_DIR": "mine"}, directory=tmp_path).time_zone == "Asia/Kolkata"


def test_every_fault_is_told_at_once(tmp_path):
    (tmp_path / "broadsheet.toml").write_text('time_zne = "UTC"\nworkers = 0\n')

    with pytest.raises(OptionsError) as caught:
        load(
            {"TIME_ZONE": "Mars", "DATABASE_URL": "oracle://x", "SECRET_KEY": "short"},
            directory=tmp_path,
        )

    told = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 5
    assert "did you mean 'time_zone'" in told
    assert "no time zone is called 'Mars'" in told
    assert "postgresql://" in told
    assert "workers in" in told
    assert "fewer than 50 characters" in told


def test_a_fault_never_shows_the_secret(tmp_path):
    with pytest.raises(OptionsError) as caught:
        load({"SECRET_KEY": "hunter2"}, directory=tmp_path)

    assert "hunter2" not in str(caught.value)


def test_a_secret_can_stay_in_a_file(tmp_path):
    (tmp_path / "key").write_text("k" * 60 + "\n")

    assert (
        load({"SECRET_KEY_FILE": str(tmp_path / "key")}, directory=tmp_path).secret_key == "k" * 60
    )


def test_a_file_that_is_no_toml_is_named(tmp_path):
    (tmp_path / "broadsheet.toml").write_text("this is = = not")

    with pytest.raises(OptionsError, match=r"broadsheet\.toml: is not TOML"):
        load({}, directory=tmp_path)


def test_sqlite_keeps_what_it_acknowledged(tmp_path):
    settings = database("", tmp_path)

    assert settings["NAME"] == str(tmp_path / "paper.sqlite3")
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"]


def test_a_postgresql_address_is_read_with_its_escapes(tmp_path):
    settings = database("postgresql://me:p%40ss@db.example:5433/paper?sslmode=require", tmp_path)

    assert settings["USER"] == "me"
    assert settings["PASSWORD"] == "p@ss"
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "5433", "paper")
    assert settings["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "postgresql://host", "nonsense"])
def test_an_address_of_no_database_is_refused(url, tmp_path):
    with pytest.raises(ValueError, match=r"sqlite:///|postgresql://"):
        database(url, tmp_path)


def test_the_secret_key_is_made_once_and_kept_to_oneself(tmp_path):
    options = load({"PAPER_DIR": str(tmp_path)}, directory=tmp_path)

    key = secret_key(options)

    assert len(key) >= 50
    assert secret_key(options) == key
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("deeper", ["", "/paper"])
def test_a_folder_that_is_a_file_is_one_fault_among_the_others(tmp_path, deeper):
    (tmp_path / "file").touch()

    with pytest.raises(OptionsError) as raised:
        load({"PAPER_DIR": f"file{deeper}", "PORT": "x"}, directory=tmp_path)

    said = "; ".join(raised.value.faults)
    assert "PAPER_DIR: " in said
    assert "file is a file, and the paper needs a folder" in said
    assert "PORT: " in said


def test_a_folder_that_cannot_keep_the_key_is_a_fault(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.open", refuse)
    options = load({}, directory=tmp_path)

    with pytest.raises(OptionsError, match=r"PAPER_DIR: .*Read-only file system"):
        secret_key(options)


@pytest.mark.parametrize(
    "address",
    [
        "http://a:99999",
        "http://a:0",
        "http://a:x",
        "https://a b.example",
        "https://user:pw@a.example",
        "https://user@a.example",
        "http://a/b",
        "http://[::1",
        "https://a.example?x",
        "https://-a.example",
        "https://münchen.example",
        "ftp://a.example",
        "https://",
    ],
)
def test_no_paper_is_at_an_address_that_cannot_be(tmp_path, address):
    with pytest.raises(OptionsError, match="PAPER_ADDRESS: "):
        load({"PAPER_ADDRESS": address}, directory=tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "https://paper.example",
        "https://paper.example/",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "https://Paper.Example:8443",
        "http://news_desk:80",
        "https://xn--mnchen-3ya.example",
    ],
)
def test_a_paper_is_at_a_host_and_port(tmp_path, address):
    options = load({"PAPER_ADDRESS": address}, directory=tmp_path)

    assert options.paper_address == address.rstrip("/")


def test_a_providers_address_may_have_a_path(tmp_path):
    options = load(
        {
            "OIDC_NAME": "House",
            "OIDC_SERVER": "https://id.example/realms/paper",
            "OIDC_CLIENT_ID": "paper",
            "OIDC_CLIENT_SECRET": "s",
        },
        directory=tmp_path,
    )

    assert options.oidc_server == "https://id.example/realms/paper"


WRONG: dict[object, list[str]] = {
    int: ["x", "-1", "1000000000"],
    bool: ["perhaps"],
}
LIBRARYS_WORDS = ("input", "valid", "string", "pattern", "pydantic", "parse", "character)")


@pytest.mark.parametrize("name", Options.model_fields)
def test_what_is_wrong_with_an_option_is_said_in_words_of_ours(name, tmp_path):
    field = Options.model_fields[name]
    tried = 0
    for value in [*WRONG.get(field.annotation, []), "", "\n", "en_US:en", "x" * 500, "ftp://x y/"]:
        try:
            load({name.upper(): value}, directory=tmp_path)
        except OptionsError as error:
            tried += 1
            for fault in error.faults:
                said = fault.partition(" (it is ")[0].lower()
                assert not [word for word in LIBRARYS_WORDS if word in said], fault
        except OSError:
            pass  # no name of a folder
    takes_anything = {"debug_toolbar", "allowed_hosts", "host", "oidc_client_id", "paper_dir"}
    assert tried or name in takes_anything


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALERT_MAIL", "desk@paper.example, nobody", "'nobody' is no e-mail address"),
        ("ALERT_SECRET", "hush", "it is not whsec_"),
        ("LANGUAGE", "english", "write a language tag, as in 'en', 'en-GB' or 'pt-BR'"),
        ("LANGUAGE", "en_US:en", "env -u LANGUAGE"),
        ("TRUSTED_PROXIES", "127.0.0.1", "write a whole number from 0 to 10"),
        ("TRUSTED_PROXIES", "11", "write a whole number from 0 to 10"),
        ("LEDGER_FAILS", "ajar", "write 'open' or 'closed'"),
        ("DEBUG", "perhaps", "write true or false"),
        ("MAIL_URL", "mail.example", "smtp+tls://user:password@host:587"),
    ],
)
def test_a_wrong_value_is_told_with_what_to_write(name, value, words, tmp_path):
    with pytest.raises(OptionsError) as caught:
        load({name: value}, directory=tmp_path)

    (fault,) = caught.value.faults
    assert fault.startswith(f"{name}: ")
    assert words in fault


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("DATABASE_URL_FIEL", "DATABASE_URL_FILE"),
        ("database_url", "DATABASE_URL"),
        ("BROADSHEET_PAPER_NAME", "PAPER_NAME"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
        ("LOGLEVEL", "LOG_LEVEL"),
    ],
)
def test_a_variable_that_looks_like_an_option_is_named(variable, meant):
    (said,) = lookalikes({variable: "x", "PATH": "/bin"}, Options.model_fields)

    assert said == f"{variable}: there is no option of this name; did you mean {meant}?"


def test_variables_of_other_programs_are_left_alone():
    others = [
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "HOSTNAME",
        "TZ",
        "TERM",
        "SHELL",
        "USER",
        "LOGNAME",
        "PWD",
        "OLDPWD",
        "SHLVL",
        "MAIL",
        "EDITOR",
        "DISPLAY",
        "XDG_RUNTIME_DIR",
        "SSH_CONNECTION",
        "VIRTUAL_ENV",
        "PYTHONPATH",
        "PYTHONUNBUFFERED",
        "PIP_INDEX_URL",
        "DEBUGINFOD_URLS",
        "INVOCATION_ID",
        "JOURNAL_STREAM",
        "SYSTEMD_EXEC_PID",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_PORT",
        "DOCKER_HOST",
        "NODE_ENV",
        "REDIS_URL",
        "SENTRY_DSN",
        "COLUMNS",
        "LINES",
        "HOSTTYPE",
        "_",
        "BROADSHEET_FILE",
        "BROADSHEET_DATA",
        "BROADSHEET_TEST_POSTGRES",
        "DJANGO_SETTINGS_MODULE",
    ]

    assert list(lookalikes(dict.fromkeys(others, "x"), Options.model_fields)) == []
