"""Connections leave room for the files that a process needs besides."""

import resource
import subprocess
import sys

import pytest

from broadsheet.press.edge.files import backlog, connections

RAISE = """
import resource
from broadsheet.press.edge.files import raise_limit
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(raise_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(("soft", "hard", "raised"), [(256, 1024, 1024), (512, 512, 512)])
def test_the_limit_is_raised_as_far_as_it_goes(soft, hard, raised):
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip("this machine allows fewer")
    code = RAISE.format(soft=soft, hard=hard)

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [str(raised)] * 2


@pytest.mark.parametrize("files", [128, 256, 512, 1024, 4096, 65_536, 10**6])
def test_connections_leave_room_for_files_and_for_each_other(files):
    taken = 2 * connections(files) + backlog(files)

    assert 16 <= connections(files) <= 10_000
    assert files < 512 or taken <= files
