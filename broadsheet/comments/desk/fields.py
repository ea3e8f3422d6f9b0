"""Fields of the desk's forms that take what can be looked for, and find fault with anything else."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from broadsheet.rules import days

LARGEST = 10**18 - 1  # as in addresses; no row has a larger number


class DayField(forms.DateField):
    """A day that a newspaper can have; the day after it and its moments can be told, too."""

    widget = forms.DateInput(attrs={"type": "date"})
    default_validators = [
        MinValueValidator(date(days.FIRST_YEAR, 1, 1)),
        MaxValueValidator(date(days.LAST_YEAR, 12, 31)),
    ]


class NumberField(forms.IntegerField):
    """The number of a row, which an address brings along."""

    widget = forms.HiddenInput

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST, **more)
