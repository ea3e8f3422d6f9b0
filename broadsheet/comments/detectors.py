"""The detector that comes with Broadsheet, loaded when the first comment is looked at."""

from broadsheet.rules.guidelines.findings import Detector


def load() -> Detector:
    """Load it: a tenth of a second, and some 40 MB with the numerical library."""
    from broadsheet.press.screening.detector import ScreeningDetector

    return ScreeningDetector()
