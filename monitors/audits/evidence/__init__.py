"""Evidence of one run: what is said of a model and its use, each statement with the figure or test behind it.

Pure: everything arrives as `monitors.audits.evidence.facts.Facts` and leaves as texts by file name. Writing, signing and
verifying are the part of `streams.files.evidence`.
"""
