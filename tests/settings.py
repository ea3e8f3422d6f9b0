"""The settings of the tests: a paper of its own in a temporary folder, no cost for passwords."""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="broadsheet-tests-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["PAPER_DIR"] = _FOLDER
os.environ["SECRET_KEY"] = "tests-" * 10
os.environ.setdefault("PAPER_NAME", "The Test Paper")
os.environ.setdefault("PAPER_ADDRESS", "http://testserver")
os.environ.setdefault("TIME_ZONE", "Asia/Kolkata")
os.environ.setdefault("MAIL_URL", "console:")

from broadsheet.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {
    "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"},
    "work": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"},
}
