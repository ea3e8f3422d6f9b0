"""What is kept for seconds."""

from broadsheet.readers import kept


def test_a_value_is_asked_for_once_in_two_seconds(monkeypatch):
    asked = []
    clock = [100.0]
    monkeypatch.setattr("broadsheet.readers.kept.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(kept, "LASTS", [2.0])

    def ask() -> int:
        asked.append(1)
        return len(asked)

    held = kept.Kept(ask)

    assert [held(), held()] == [1, 1]
    clock[0] += 2.0
    assert held() == 2
