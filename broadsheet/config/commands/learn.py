"""``broadsheet learn``: a detector that judges more as the paper's own moderators do."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from broadsheet.config.commands import need_migrated, start_django

if TYPE_CHECKING:
    from broadsheet.press.screening.learning import Decided, Figures


@click.command("learn")
@click.option(
    "--guideline",
    type=click.Choice(["not-abusive", "not-personal"]),
    default="not-abusive",
    show_default=True,
    help="What is learnt.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help='Learn from JSON lines {"text", "broke"} in place of the paper\'s decisions.',
)
@click.option("--switch-on", is_flag=True, help="Let what was learnt last count.")
@click.option("--switch-off", is_flag=True, help="Let the model that came with Broadsheet count.")
def command(guideline: str, source: Path | None, switch_on: bool, switch_off: bool) -> None:
    """Learn from what the moderators decided.

    The comments they approved, returned and removed, with what they decided last, are learnt upon
    the model that comes with Broadsheet. What counts already for the other guideline is kept. Shown
    is how well it agreed with them before and after, on decisions held back from it. Nothing changes
    until --switch-on; processes that run load it when they start again.

    Status: 0 when done, 3 when there are too few decisions, 2 when something can't be used.
    """
    start_django()
    from broadsheet.comments import detectors
    from broadsheet.press.screening import learning, model
    from broadsheet.rules.guidelines.findings import Guideline

    if switch_on:
        try:
            detectors.switch_on()
        except FileNotFoundError:
            click.secho("Nothing was learnt yet: run `broadsheet learn` first.", fg="red", err=True)
            sys.exit(2)
        click.echo("It counts from the next start on.")
        return
    if switch_off:
        there = detectors.switch_off()
        click.echo(
            "The model that came with Broadsheet counts from the next start on."
            if there
            else "The model that came with Broadsheet counts already."
        )
        return
    if not source:
        need_migrated()
    which = Guideline(guideline)
    try:
        decided = _lines(source) if source else list(detectors.decided(which))
        output = detectors.OUTPUTS[which]
        learnt = learning.learn(detectors.base(output), decided, output=output)
    except learning.TooFewError as error:
        click.secho(f"Too few to learn from: {error}.", fg="yellow", err=True)
        sys.exit(3)
    except (ValueError, model.ModelError) as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(2)
    detectors.folder().mkdir(parents=True, exist_ok=True)
    model.save(learnt.model, detectors.learnt())
    click.echo(
        f"Learnt from {learnt.decisions:,} decisions, {learnt.broke:,} of them against the comment."
    )
    click.echo(f"{'':44}{'before':>8}{'after':>8}")
    for what, before, after in _compared(learnt.before, learnt.after):
        click.echo(f"{what:44}{before:>8.3f}{after:>8.3f}")
    click.echo("Taken on decisions held back. `broadsheet learn --switch-on` lets it count.")


def _compared(before: "Figures", after: "Figures") -> list[tuple[str, float, float]]:
    return [
        ("ranks one taken down over one approved (AUC)", before.area, after.area),
        ("caught, where 5 in 100 approved are held", before.caught, after.caught),
        ("off in the mean (ECE)", before.off, after.off),
    ]


def _lines(source: Path) -> "list[Decided]":
    """Read decisions.

    :raises ValueError: with the number of the first bad line
    """
    from broadsheet.press import strict_json

    found = []
    with source.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                found.append(_decided(strict_json.loads(line)))
            except ValueError as error:
                raise ValueError(f"{source}, line {number}: {error}") from error
    return found


def _decided(said: object) -> "Decided":
    from broadsheet.press.screening.learning import Decided

    if not isinstance(said, dict) or not isinstance(said.get("text"), str):
        raise ValueError('it has no "text" in quotation marks')
    if not isinstance(said.get("broke"), bool):
        raise ValueError('"broke" is true or false, without quotation marks')
    return Decided(said["text"], said["broke"])
