"""What is wrong with an option, in words that say what to write instead."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

# What an option that has to keep a pattern looks like.
LOOKS_LIKE = {
    "language": "a language tag, as in 'en', 'en-GB' or 'pt-BR'",
    "mail_url": "console:, file:FOLDER or smtp+tls://user:password@host:587 (also smtp:// and smtps://)",
    "mail_from": "an address, as in 'newsroom@paper.example'",
    "ledger_url": "redis://host:6379/0, postgresql://user:password@host/name, or leave it empty",
    "edition_url": "redis://host:6379/0, postgresql://user:password@host/name, file, or leave it empty",
}
# Names that are other programs'.
_OTHERS = frozenset({"BROADSHEET_FILE", "DJANGO_SETTINGS_MODULE"})


def sentence(problem: ErrorDetails, name: str, field: FieldInfo, value: Any) -> str:
    """Say what is wrong with the value of an option, in words of ours."""
    match problem["type"]:
        case "value_error":
            return problem["msg"].removeprefix("Value error, ")
        case "string_pattern_mismatch" if name in LOOKS_LIKE:
            return f"write {LOOKS_LIKE[name]}{_of_the_system(name, value)}"
        case "literal_error":
            return f"write {_either([repr(one) for one in get_args(field.annotation)])}"
        case "bool_parsing" | "bool_type":
            return "write true or false"
        case "string_too_short":
            return "it is empty"
        case "string_too_long":
            return f"it has more than {problem['ctx']['max_length']} characters"
        case "string_type" | "path_type":
            return "write a text, in quotation marks"
        case "list_type" if name == "alert_mail":
            return "write e-mail addresses with commas between"
        case "list_type":
            return "write host names with commas between"
    if field.annotation is int:
        return f"write a whole number{_range(field)}"
    return problem["msg"]


def _of_the_system(name: str, value: Any) -> str:
    """Say where a language that no paper has may come from."""
    if name != "language" or not isinstance(value, str) or not {":", "_"} & set(value):
        return ""
    return (
        "; the system has a variable LANGUAGE too, which this looks like: "
        "start the paper without it (env -u LANGUAGE broadsheet …) or with one of its own"
    )


def _either(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _range(field: FieldInfo) -> str:
    ends = {
        end: getattr(one, end)
        for one in field.metadata
        for end in ("ge", "le")
        if hasattr(one, end)
    }
    return f" from {ends['ge']} to {ends['le']}" if len(ends) == 2 else ""


def lookalikes(environment: Mapping[str, str], options: Iterable[str]) -> Iterator[str]:
    """Yield a sentence on each variable of the environment that looks like a mistyped option.

    :param options: their names, as the options have them
    """
    known = {name.upper() for name in options}
    known |= {f"{name}_FILE" for name in known}
    for variable in sorted(environment):
        if variable in known or variable in _OTHERS:
            continue
        bare = variable.upper().removeprefix("BROADSHEET_")
        near = [bare] if bare in known else get_close_matches(bare, known, n=1, cutoff=0.85)
        if near:
            yield f"{variable}: there is no option of this name; did you mean {near[0]}?"
