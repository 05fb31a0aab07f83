"""The style of a report's page: light and dark, narrow and wide, on screen and on paper."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark;
  --page: #fbfbf9; --sheet: #ffffff; --ink: #1c2126; --soft: #59626b; --rule: #dcdfe2; --grid: #e8eaec;
  --main: #1f5fa8; --fill: #a9c6e8; --band: #d9e6f5; --mark: #b4470a; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171a; --sheet: #1b1f23; --ink: #e6e8ea; --soft: #9aa4ad; --rule: #363c42; --grid: #2b3036;
  --main: #7db4f0; --fill: #34597f; --band: #24384d; --mark: #f0a060; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: clamp(1.2rem, 5vw, 1.6rem); line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
p { max-width: 46rem; margin: .6rem 0; }
.note, figcaption { color: var(--soft); font-size: .875rem; }
.command { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--sheet); border: 1px solid var(--rule);
  border-radius: 6px; padding: .6rem .8rem; margin: 1rem 0;
  font: .8125rem/1.5 ui-monospace, "Liberation Mono", Menlo, Consolas, monospace; }
dl.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 45%), 1fr)); gap: .75rem;
  margin: 1.5rem 0 0; }
dl.figures > div { background: var(--sheet); border: 1px solid var(--rule); border-radius: 8px; padding: .7rem .9rem; }
dl.figures dt { color: var(--soft); font-size: .8125rem; }
dl.figures dd { margin: 0; }
dl.figures .value { font-size: 1.5rem; line-height: 1.35; font-weight: 600; font-variant-numeric: tabular-nums; }
dl.figures .rest { color: var(--soft); font-size: .8125rem; font-variant-numeric: tabular-nums; }
.gaps { padding: 0; margin: .75rem 0; list-style: none; }
.gaps li { padding: .5rem 0; border-bottom: 1px solid var(--grid); }
.gaps li:last-child { border-bottom: 0; }
.gaps strong, .gaps span { display: block; } .gaps strong { font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(21rem, 100%), 1fr)); gap: 1.25rem;
  align-items: start; }
figure { margin: 0; background: var(--sheet); border: 1px solid var(--rule); border-radius: 8px; padding: .8rem; }
figure h3 { margin: 0 0 .4rem; font-size: .95rem; }
figure svg { display: block; width: 100%; max-width: 34rem; height: auto; margin: 0 auto; }
figcaption { margin-top: .5rem; }
.scroll { overflow-x: auto; margin: 1rem 0 1.5rem; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--main); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .4rem; }
caption span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2.5rem); }
th, td { padding: .35rem .75rem .35rem 0; text-align: right; vertical-align: top; white-space: nowrap;
  border-bottom: 1px solid var(--grid); }
thead th { color: var(--soft); font-weight: 500; white-space: normal; vertical-align: bottom;
  border-bottom-color: var(--rule); }
th:first-child { text-align: left; }
tbody th { font-weight: 400; white-space: normal; min-width: 8rem; }
th:last-child, td:last-child { padding-right: .15rem; }
details { margin: .75rem 0; }
summary { cursor: pointer; color: var(--main); font-size: .9rem; }
svg text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
svg .label { fill: var(--soft); } svg .value { fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--grid); } svg .reference { stroke: var(--soft); stroke-dasharray: 4 4; }
svg .whisker { stroke: var(--ink); stroke-width: 1.2; } svg .curve { fill: none; stroke: var(--main); stroke-width: 2; }
svg .point { fill: var(--main); stroke: var(--sheet); } svg .bar { fill: var(--fill); }
svg .amount { fill: var(--band); } svg .band { fill: var(--band); }
svg .ring { fill: none; stroke: var(--mark); stroke-width: 2; }
svg .cross { stroke: var(--mark); stroke-width: 2.2; }
@media print { body { background: none; } figure, .scroll { break-inside: avoid; } details > * { display: block; } }
"""
