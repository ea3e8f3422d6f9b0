"""Nothing to read, or more than a comment holds."""

from collections.abc import Iterator

from broadsheet.rules.guidelines.findings import Finding, Guideline, Measured, Written
from broadsheet.rules.guidelines.policy import Policy


def find(written: Written, measured: Measured | None, policy: Policy) -> Iterator[Finding]:
    length = len(written.text)
    if not any(one.isalnum() for one in written.text):
        yield Finding(Guideline.LENGTH, 0, length, 1.0, "There are no words in it yet.")
    elif length > policy.longest:
        over = length - policy.longest
        yield Finding(
            Guideline.LENGTH,
            policy.longest,
            length,
            1.0,
            f"It is {over:,} character{'' if over == 1 else 's'} too long: a comment may have "
            f"{policy.longest:,}.",
        )
