"""Counting decisions: cells, summaries of batches, windows of event time."""
