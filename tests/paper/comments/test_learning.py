"""What the desk decided is learnt, and counts only when it is switched on."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from broadsheet.comments import actions, decisions, detectors
from broadsheet.comments.decision_log import By
from broadsheet.config.commands.learn import command
from broadsheet.press.screening.model import SHIPPED, load
from broadsheet.rules.guidelines.findings import Guideline, Written
from tests.conftest import NOW

ABUSIVE = Guideline.NOT_ABUSIVE


@pytest.fixture
def folder(settings, tmp_path):
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"paper_dir": tmp_path})
    return tmp_path / "screening"


def post(story, writer, text, at):
    posted = actions.post_comment(
        story=story, writer=writer, text=text, now=NOW + timedelta(minutes=at)
    )
    return posted.comment


def test_latest_decision_counts(story, writer, moderator):
    kept = post(story, writer, "The council has never answered a letter about the drains.", 1)
    gone = post(story, writer, "The drains are a matter for somebody else altogether.", 2)
    post(story, writer, "Nobody decided on this sentence about the harbour wall.", 3)
    by = By(moderator, words="It broke a guideline.")
    decisions.remove(comment=kept, by=by, now=NOW + timedelta(hours=1))
    kept.refresh_from_db()
    decisions.approve(comment=kept, by=by, now=NOW + timedelta(hours=2))
    decisions.remove(comment=gone, by=by, now=NOW + timedelta(hours=1))

    assert {(one.text, one.broke) for one in detectors.decided(ABUSIVE)} == {
        (kept.text, False),
        (gone.text, True),
    }


def test_what_was_taken_down_for_something_else_teaches_nothing(story, writer, moderator):
    gone = post(story, writer, "Yeh sarkar kuch nahi karti, sab log pareshan hain.", 1)
    gone.findings = [{"guideline": "english", "start": 0, "end": 4, "strength": 1.0}]
    gone.save()
    decisions.remove(
        comment=gone, by=By(moderator, words="It broke a guideline."), now=NOW + timedelta(hours=1)
    )

    assert list(detectors.decided(ABUSIVE)) == []


def test_the_model_that_counts_is_loaded(folder):
    shipped = detectors.load().version
    folder.mkdir()
    detectors.learnt().write_bytes(SHIPPED.read_bytes())
    assert not detectors.counting().exists()

    detectors.switch_on()

    assert detectors.load().version == shipped
    assert detectors.counting().exists()
    assert detectors.switch_off()
    assert not detectors.switch_off()


def test_broken_learnt_model_is_no_reason_to_judge_by_another(folder):
    folder.mkdir()
    detectors.counting().write_bytes(b"broken")

    with pytest.raises(Exception, match="model"):
        detectors.load()


def test_too_few_decisions_are_said(db, folder, monkeypatch):
    # Asking for the migrations closes the connection, and the test's transaction with it.
    monkeypatch.setattr("broadsheet.config.commands.check.unmigrated", lambda: "")
    done = CliRunner().invoke(command, [])

    assert done.exit_code == 3
    assert "Too few" in done.output
    assert not detectors.learnt().exists()


def test_learning_shows_the_change_and_switches_nothing_on(db, folder, tmp_path):
    lines = tmp_path / "decided.jsonl"
    good = "The harbour works are late again, and number {} is still shut."
    bad = "That is pure gobbledywock from reader number {}, as ever."
    lines.write_text(
        "".join(
            f'{{"text": "{(bad if at % 3 == 0 else good).format(at)}", "broke": {"true" if at % 3 == 0 else "false"}}}\n'
            for at in range(150)
        )
    )

    done = CliRunner().invoke(command, ["--from", str(lines)])

    assert done.exit_code == 0, done.output
    assert "150 decisions, 50 of them" in done.output
    assert detectors.learnt().exists()
    assert not detectors.counting().exists()
    assert CliRunner().invoke(command, ["--switch-on"]).exit_code == 0
    text = Written("What you say is gobbledywock, reader.")
    from broadsheet.press.screening.detector import ScreeningDetector

    assert detectors.load().measure(text).abusive > ScreeningDetector(load()).measure(text).abusive


@pytest.mark.parametrize(
    "bad", [b'{"text": "b"}', b'{"text": "b", "broke": "false"}', b'{"text": "\xff"}', b"b", b"[]"]
)
def test_bad_line_of_decisions_is_named(db, folder, tmp_path, bad):
    lines = tmp_path / "decided.jsonl"
    lines.write_bytes(b'{"text": "a", "broke": true}\n' + bad + b"\n")

    done = CliRunner().invoke(command, ["--from", str(lines)])

    assert done.exit_code == 2
    assert f"{lines}, line 2: " in done.output.replace("\n", "")


def test_switching_on_what_was_never_learnt_is_said(db, folder):
    done = CliRunner().invoke(command, ["--switch-on"])

    assert done.exit_code == 2
