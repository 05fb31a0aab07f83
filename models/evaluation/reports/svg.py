"""A little SVG: marks as strings, and a frame that turns shares into places. Colours are the page's, by class.

Drawings are 360 units wide, so that on a phone a unit is about a pixel and the letters stay readable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

WIDTH = 360


def number(value: float) -> str:
    """A coordinate, without digits that nobody sees.

    >>> number(12.0), number(12.345)
    ('12', '12.3')
    """
    return f"{value:.1f}".removesuffix(".0")


def element(name: str, content: str = "", **attributes: str | float) -> str:
    """An element; `class_` stands for class, and other underlines for hyphens.

    >>> element("circle", class_="point", r=3)
    '<circle class="point" r="3"/>'
    """
    opening = name
    for key, value in attributes.items():
        given = value if isinstance(value, str) else number(value)
        opening += f' {key.rstrip("_").replace("_", "-")}="{escape(given)}"'
    return f"<{opening}>{content}</{name}>" if content else f"<{opening}/>"


def text(x: float, y: float, words: str, *, anchor: str = "start", class_: str = "label") -> str:
    """A line of text."""
    return element("text", escape(words), x=x, y=y, text_anchor=anchor, class_=class_)


def line(start: tuple[float, float], end: tuple[float, float], class_: str) -> str:
    """A straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def path(points: Iterable[tuple[float, float]], class_: str, *, closed: bool = False) -> str:
    """A line through points, or the area within them."""
    through = " L".join(f"{number(x)} {number(y)}" for x, y in points)
    return element("path", d=f"M{through}{'Z' if closed else ''}", class_=class_)


def whisker(start: tuple[float, float], end: tuple[float, float]) -> str:
    """An interval: a line with caps across its ends."""
    upright = start[0] == end[0]
    across = (2.5, 0.0) if upright else (0.0, 2.5)
    caps = [line((x - across[0], y - across[1]), (x + across[0], y + across[1]), "whisker") for x, y in (start, end)]
    return line(start, end, "whisker") + "".join(caps)


def drawing(name: str, title: str, description: str, height: float, marks: Iterable[str]) -> str:
    """The whole drawing, with a title and a description for those who do not see it.

    Args:
        height: In units; the width is `WIDTH`.
        marks: Its elements, the lowest first.
    """
    described = element("title", escape(title), id=f"{name}-title")
    described += element("desc", escape(description), id=f"{name}-desc")
    return element(
        "svg",
        described + "".join(marks),
        viewBox=f"0 0 {WIDTH} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


@dataclass(frozen=True, slots=True)
class PlotArea:
    """An area with an axis on each side, both of shares.

    Args:
        left: Of the area, in units.
        lowest: Share at the foot of the upright axis.
    """

    left: float = 44
    top: float = 10
    width: float = 298
    height: float = 240
    lowest: float = 0.0

    def x(self, share: float) -> float:
        """Place of a share on the level axis."""
        return self.left + share * self.width

    def y(self, share: float) -> float:
        """Place of a share on the upright axis."""
        return self.top + (1 - (max(share, self.lowest) - self.lowest) / (1 - self.lowest)) * self.height

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Place of a point."""
        return self.x(x), self.y(y)

    def axes(self, level: str, upright: str) -> str:
        """Grid, ticks at fifths, and the names of the axes."""
        foot, marks = self.top + self.height, []
        for fifth in range(6):
            across = fifth / 5
            up = self.lowest + across * (1 - self.lowest)
            marks += [
                line((self.left, self.y(up)), (self.left + self.width, self.y(up)), "grid"),
                text(self.left - 5, self.y(up) + 3.5, f"{up:.0%}", anchor="end"),
                text(self.x(across), foot + 14, f"{across:.0%}", anchor="middle"),
            ]
        middle = self.top + self.height / 2
        turned = element(
            "text",
            escape(upright),
            text_anchor="middle",
            class_="label",
            transform=f"translate(10 {number(middle)}) rotate(-90)",
        )
        return "".join(marks) + text(self.x(0.5), foot + 30, level, anchor="middle") + turned
