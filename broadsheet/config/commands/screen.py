"""``broadsheet screen``: what the detectors say of comments."""

import os
import sys

import click


@click.command("screen")
@click.option(
    "--model",
    type=click.Path(dir_okay=False),
    help="A model's file, in place of the one that comes with Broadsheet.",
)
def command(model: str | None) -> None:
    """Measure comments: JSON lines in, JSON lines out, in their order.

    \b
    in:   {"id": 1, "text": "You are a fool."}
    out:  {"id": 1, "english": 0.99, "full_sentences": 0.99, "abusive": 0.9,
           "personal": 0.9, "spans": [[8, 14]], "findings": […]}

    "story" and "parent" may be given too: what is quoted from them counts for nothing. A line that
    can't be read is answered by {"id", "line", "error"}. Needs no database.

    Status: 0 when all lines were read, 3 when some weren't, 2 when the model can't be loaded.
    """
    # One core does it; the numerical library would start a thread for each.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from pathlib import Path

    from broadsheet.press.screening.detector import ScreeningDetector
    from broadsheet.press.screening.lines import answers
    from broadsheet.press.screening.model import SHIPPED, ModelError, load

    try:
        detector = ScreeningDetector(load(Path(model) if model else SHIPPED))
    except ModelError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(2)
    bad = 0
    output = sys.stdout.buffer
    try:
        for lines, unread in answers(detector, sys.stdin.buffer):
            bad += unread
            output.write("".join(f"{one}\n" for one in lines).encode())
            output.flush()
    except BrokenPipeError:
        # Whoever read the answers has gone; Python would complain once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    if bad:
        click.secho(f"{bad:,} lines could not be read.", fg="red", err=True)
        sys.exit(3)
