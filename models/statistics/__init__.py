"""Intervals, histograms and shares that several rooms count with."""
