"""The colours of console.css: every pair that meets on the page has its contrast, in both schemes."""

import re
from importlib.resources import files

import pytest

CSS = files("streams.console").joinpath("static/console.css").read_text(encoding="utf-8")
SCHEMES = dict(zip(("light", "dark"), re.findall(r":root \{(.*?)\}", CSS, flags=re.DOTALL), strict=True))

TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "main", "ok", "warning", "alarm") for ground in ("page", "sheet")),
    *((ink, "warning-ground") for ink in ("ink", "soft", "warning", "alarm")),
    *((ink, "alarm-ground") for ink in ("ink", "soft", "warning", "alarm")),
    ("ink", "raised"),
    ("sign", "main"),
]
"""Text, and what it stands on: 4.5 to 1 (WCAG 2.2, 1.4.3)."""

MARKS = [
    *((mark, "page") for mark in ("bar", "warning-bar", "alarm-bar", "edge", "main", "ink")),
    *(("ink", bar) for bar in ("bar", "warning-bar", "alarm-bar")),
    ("edge", "sheet"),
    *(("sign", state) for state in ("ok", "warning", "alarm")),
]
"""Marks that say something, and what they lie on: 3 to 1 (WCAG 2.2, 1.4.11)."""


def colours(scheme: str) -> dict[str, str]:
    """Name to colour of one scheme."""
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", SCHEMES[scheme]))


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_contrast(scheme: str, pairs: list[tuple[str, str]], least: float) -> None:
    """No pair of colours that meets is too faint."""
    palette = colours(scheme)
    faint = {
        f"{ink} on {ground}": round(ratio, 2)
        for ink, ground in pairs
        if (ratio := contrast(palette[ink], palette[ground])) < least
    }

    assert {} == faint


def test_both_schemes_define_the_same_colours_and_differ() -> None:
    """The dark scheme is designed, not left over."""
    light, dark = colours("light"), colours("dark")

    assert light.keys() == dark.keys()
    assert [] == [name for name in light if light[name] == dark[name]]


def test_no_colour_is_written_outside_the_palette() -> None:
    """A colour that is not of the palette would be of one scheme only."""
    rest = CSS
    for block in SCHEMES.values():
        rest = rest.replace(block, "")

    assert [] == re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", rest)


def test_every_colour_is_used() -> None:
    """A colour that nobody uses is tested for nothing."""
    assert [] == [name for name in colours("light") if f"var(--{name})" not in CSS]
