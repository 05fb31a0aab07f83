"""Evidence of one run: what is said of a model and its use, each statement with the figure or test behind it.

Pure: everything arrives as `monitors.audits.evidence.facts.Facts` and leaves as texts by file name. Gathering is the
part of `streams.files.evidence`, writing, signing and verifying that of `streams.files.evidence_folder`.
"""
