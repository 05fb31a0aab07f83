"""Measures of labelled decisions: accuracy, coverage, calibration, gaps between groups."""
