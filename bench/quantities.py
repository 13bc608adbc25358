"""Numbers with a unit, and how people read them."""

import math

DAY = 86_400

# From which value on, in which size, under which name.
_SCALES = {
    "s": (
        (172_800, 86_400, "days"),
        (7_200, 3_600, "h"),
        (120, 60, "min"),
        (1, 1, "s"),
        (1e-3, 1e-3, "ms"),
        (0, 1e-6, "µs"),
    ),
    "B": (
        (1e15, 1e15, "PB"),
        (1e12, 1e12, "TB"),
        (1e9, 1e9, "GB"),
        (1e6, 1e6, "MB"),
        (1e3, 1e3, "kB"),
        (0, 1, "B"),
    ),
}


class Quantity(float):
    """A number that knows its unit (seconds are `s`, bytes `B`) and where it comes from.

    `origin` is a word or two, such as `measured`; `source` says it in full.
    """

    unit: str
    origin: str
    source: str

    def __new__(cls, value: float, unit: str, origin: str, source: str) -> "Quantity":
        """Make the number, with what is known of it."""
        quantity = super().__new__(cls, value)
        quantity.unit, quantity.origin, quantity.source = unit, origin, source
        return quantity

    def __str__(self) -> str:
        """Write it as a reason for another number: with its unit, and where it comes from."""
        return f"{format_quantity(self, self.unit)} ({self.origin})"


def format_quantity(value: float, unit: str = "") -> str:
    """Write a number in the size of its unit that people would choose."""
    if math.isinf(value):
        return "no end"
    if unit not in _SCALES:
        return f"{format_number(value)} {unit}".rstrip()
    size, name = next((size, name) for least, size, name in _SCALES[unit] if value >= least)
    return f"{format_number(value / size)} {name}"


def format_number(value: float) -> str:
    """Write a number with all digits before the point, or three that count."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"
