"""Fixtures of the saved list: those of the readers' side that it shares."""

from tests.paper.readers.conftest import last_code

__all__ = ["last_code"]
