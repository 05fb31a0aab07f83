"""The runbooks as pages of the console."""

import re
from string import Template
from urllib.parse import urljoin

from streams.console.handbook import CONSOLE, Handbook, anchor, page
from tests.streams.console.serving import get, serving
from tests.streams.console.snapshots import nothing


async def test_every_link_of_every_page_leads_somewhere() -> None:
    """From the index to each page, between the pages, to headings, to the style, and back to the console."""
    async with serving(nothing()) as console:
        seen: dict[str, str] = {}
        waiting = [console.url + "runbooks/"]
        while waiting:
            url = waiting.pop().partition("#")[0]
            # Health is served by the monitor's web server, beside the console.
            if url in seen or not url.startswith(console.url) or url == console.url + "readyz":
                continue
            answer = await get(url)
            assert 200 == answer.status, url
            seen[url] = answer.body.decode()
            if url.startswith(console.url + "runbooks/"):
                waiting += [urljoin(url, link) for link in re.findall(r'href="([^"]+)"', seen[url])]
        pages = {url: body for url, body in seen.items() if url.startswith(console.url + "runbooks/")}
        for url, body in pages.items():
            for link in re.findall(r'href="([^"]+#[^"]+)"', body):
                there, _, heading = urljoin(url, link).partition("#")
                assert f'id="{heading}"' in seen[there], link

    assert 25 < len(pages)
    assert console.url in seen


async def test_no_link_names_an_address_of_the_monitor() -> None:
    """Each page leads to the console that serves it, at any host and port, and to that console's own health."""
    async with serving(nothing()) as console:
        texts = {}
        for name in Handbook().names:
            answer = await get(f"{console.url}runbooks/{name}")
            texts[name] = re.sub("<pre>.*?</pre>", "", answer.body.decode(), flags=re.DOTALL)

    assert {name for name, text in texts.items() if CONSOLE.removesuffix("/") in text} == set()
    assert '<a href="../">Console</a>' in texts["review_rate"]
    assert '<a href="../readyz">' in texts["console_broken"]


async def test_there_is_no_other_file_among_the_runbooks() -> None:
    """A name is looked up among the pages; it is no path."""
    async with serving(nothing()) as console:
        paths = [
            "nothing",
            "..%2Fstatic%2Fconsole.js",
            "%2e%2e%2f%2e%2e%2fviews.py",
            "review_rate.md.md",
            "review_rate/x",
        ]
        answers = [await get(f"{console.url}runbooks/{path}") for path in paths]

    assert [404] * len(paths) == [answer.status for answer in answers]


def test_markup_in_a_runbook_is_shown() -> None:
    """Not obeyed: a page of text is no way in."""
    made = page("# A & B\n\n<script>alert(1)</script> [link](javascript:alert(1))\n", Template("$title|$body")).decode()

    assert made.startswith("A &amp; B|<h1 ")
    assert "<script" not in made
    assert 'href="javascript' not in made


def test_queries_keep_their_signs() -> None:
    """What an engineer copies is what Prometheus takes."""
    made = page('```promql\nsum(up{job="x"}) > 1\n```\n', Template("$title|$body")).decode()

    assert made.startswith("Runbook|")
    assert "sum(up{job=&quot;x&quot;}) &gt; 1" in made


def test_a_page_has_two_names() -> None:
    """With the ending of its file, as links between files have it, and without."""
    handbook = Handbook()

    assert handbook.page("lag") == handbook.page("lag.md")
    assert handbook.page("") == handbook.page("README.md")
    assert None is handbook.page("nothing")
    assert "what-to-do" == anchor("What to do")
