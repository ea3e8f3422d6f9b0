"""Files of models: the same come back, and others are refused with what to do."""

import numpy as np
import pytest

from broadsheet.press.screening.model import SHIPPED, ModelError, load, save


def test_a_model_that_is_saved_comes_back_byte_by_byte(tmp_path):
    save(load(), tmp_path / "one.npz")
    save(load(tmp_path / "one.npz"), tmp_path / "two.npz")

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_model_of_another_version_is_refused_with_what_to_do(tmp_path):
    with np.load(SHIPPED) as kept:
        tables = {name: kept[name] for name in kept.files if name != "net_filters"}
    np.savez(tmp_path / "older.npz", **tables)

    with pytest.raises(ModelError, match=r"another version .* --switch-off"):
        load(tmp_path / "older.npz")


@pytest.mark.parametrize("words", [b"", b"no model", b"PK\x03\x04 cut"])
def test_what_is_no_model_is_refused(tmp_path, words):
    (tmp_path / "model.npz").write_bytes(words)

    with pytest.raises(ModelError, match=r"model\.npz"):
        load(tmp_path / "model.npz")
