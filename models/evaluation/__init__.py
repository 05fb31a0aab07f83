"""Measures how good decisions are on labelled transactions, and how evenly: reading, judging, measuring, reporting."""
