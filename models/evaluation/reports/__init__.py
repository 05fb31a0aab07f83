"""The report of an evaluation as HTML, Markdown and JSON."""
