import pytest

from tests.plain.press.edge.support import Paper


@pytest.fixture
def paper(tmp_path):
    made = Paper(tmp_path)
    yield made
    made.close()
