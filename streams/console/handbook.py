"""The runbooks as pages: Markdown that is shipped with the package, made HTML once, at the start.

`/runbooks/review_rate` and `/runbooks/review_rate.md` are the same page: the links between the files are relative and
hold on the web as they do in a repository. Links to the console name the default address in the files, so that they
lead somewhere from a repository too; in the pages they are relative, since only the reader's browser knows the address.
"""

import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template

from markdown_it import MarkdownIt

INDEX = "README"
"""The page of the folder itself."""

CONSOLE = "http://127.0.0.1:9465/"
"""The console's address in the files: that of a monitor with the default settings."""


class Handbook:
    """All runbooks."""

    def __init__(self) -> None:
        folder = files("streams.console")
        template = Template(folder.joinpath("static", "runbook.html").read_text(encoding="utf-8"))
        self._pages: Mapping[str, bytes] = {
            entry.name.removesuffix(".md"): page(entry.read_text(encoding="utf-8"), template)
            for entry in folder.joinpath("runbooks").iterdir()
            if entry.name.endswith(".md")
        }

    @property
    def names(self) -> list[str]:
        """Names of all pages, the index among them."""
        return sorted(self._pages)

    def page(self, name: str) -> bytes | None:
        """The page of a monitor or of an alert of the system, as HTML in UTF-8; None where there is none.

        Args:
            name: Such as `review_rate` or `review_rate.md`; empty for the index.
        """
        return self._pages.get(name.removesuffix(".md") or INDEX)


def page(text: str, template: Template) -> bytes:
    """One page.

    Args:
        text: Markdown (CommonMark with tables); HTML in it is shown, not obeyed.
        template: With places for `title` and `body`.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    headings = [(token, inline.content) for token, inline in pairwise(tokens) if token.type == "heading_open"]
    for token, words in headings:
        token.attrSet("id", anchor(words))
    for link in (child for token in tokens for child in token.children or () if child.type == "link_open"):
        link.attrSet("href", from_page(str(link.attrGet("href"))))
    title = headings[0][1] if headings else "Runbook"
    body = reader.renderer.render(tokens, reader.options, {})
    return template.substitute(title=escape(title), body=body).encode()


def from_page(link: str) -> str:
    """A link as a page has it: one to the console is relative, whatever host and port it is reached at.

    >>> from_page("http://127.0.0.1:9465/readyz"), from_page("lag.md")
    ('../readyz', 'lag.md')
    """
    return "../" + link.removeprefix(CONSOLE) if link.startswith(CONSOLE) else link


def anchor(heading: str) -> str:
    """The name by which a heading is linked to, as repositories make it.

    >>> anchor("How to read an alert?")
    'how-to-read-an-alert'
    """
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
