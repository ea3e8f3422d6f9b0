"""`broadsheet screen`: JSON lines in, JSON lines out."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.press.screening.lines import LONGEST, answers


def ask(detector, *lines):
    source = io.BytesIO(b"\n".join(lines))
    told, bad = [], 0
    for batch, unread in answers(detector, source):
        # As the command writes them.
        told += [json.loads(one.encode()) for one in batch]
        bad += unread
    return told, bad


def test_each_comment_is_answered_in_its_order(detector):
    lines = [json.dumps({"id": at, "text": f"This is comment {at}."}).encode() for at in range(500)]

    told, bad = ask(detector, *lines)

    assert [one["id"] for one in told] == list(range(500))
    assert bad == 0
    assert set(told[0]) == {
        "id", "english", "full_sentences", "abusive", "personal", "spans", "findings",
    }  # fmt: skip


def test_findings_name_the_guideline_and_the_words(detector):
    text = "You are a stupid idiot."
    told, _ = ask(detector, json.dumps({"id": "a", "text": text}).encode())

    assert {"not-abusive", "not-personal"} <= {one["guideline"] for one in told[0]["findings"]}
    assert all(0 <= start < end <= len(text) for start, end in told[0]["spans"])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"nonsense", "not JSON"),
        (b'{"id": 1, "text": "\xff"}', "not UTF-8"),
        (b"[1, 2]", "not an object"),
        (b'{"id": NaN, "text": "a"}', "NaN is no number"),
        (b'{"text": "a"}', "“id” is missing"),
        (b'{"id": 1}', "“text” is missing"),
        (b'{"id": 1, "text": 5}', "“text” is missing or no text"),
        (b'{"id": 1, "text": "a", "story": []}', "“story”"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": 1, "text": "' + b"a" * LONGEST + b'"}', "longer than"),
    ],
)
def test_bad_line_is_answered_with_its_reason_and_counted(detector, line, why):
    good = b'{"id": 2, "text": "This is fine."}'

    told, bad = ask(detector, good, line, good)

    assert bad == 1
    assert why in told[1]["error"]
    assert told[1]["line"] == 2
    assert [one["id"] for one in (told[0], told[2])] == [2, 2]


def test_empty_lines_are_passed_over(detector):
    told, bad = ask(detector, b"", b'{"id": 1, "text": "It is fine."}', b"  ", b"x")

    assert len(told) == 2
    assert told[1]["line"] == 4
    assert bad == 1


def test_half_of_a_surrogate_pair_is_answered(detector):
    told, bad = ask(detector, b'{"id": 1, "text": "It is \\ud83d fine."}')

    assert bad == 0
    assert told[0]["id"] == 1


COMMAND = Path(sys.executable).with_name("broadsheet")


@pytest.mark.parametrize("text", ['"Then it is so."', "7"])
def test_half_of_a_surrogate_pair_in_an_id_is_given_back(detector, text):
    line = f'{{"id": "\\ud800", "text": {text}}}'
    told, bad = ask(detector, line.encode(), b'{"id": 2, "text": "It is so."}')

    assert [one["id"] for one in told] == ["\ud800", 2]
    assert bad == (text == "7")


def test_command_tells_bad_lines_by_its_status():
    done = subprocess.run(
        [COMMAND, "screen"], input=b'{"id":1,"text":"It is fine."}\nx\n', capture_output=True
    )

    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 2
    assert b"1 lines could not be read" in done.stderr


def test_command_answers_before_the_input_ends():
    with subprocess.Popen(
        [COMMAND, "screen"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin
        assert running.stdout
        running.stdin.write(b'{"id":1,"text":"It is fine."}\n')
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["id"] == 1
        running.stdin.close()


def test_command_tells_a_model_that_cannot_be_loaded(tmp_path):
    bad = tmp_path / "model.npz"
    bad.write_bytes(b"no model")

    done = subprocess.run([COMMAND, "screen", "--model", bad], input=b"", capture_output=True)

    assert done.returncode == 2
    assert b"model.npz" in done.stderr
