import pytest

from broadsheet.press.screening.detector import ScreeningDetector


@pytest.fixture(scope="session")
def detector() -> ScreeningDetector:
    return ScreeningDetector()
