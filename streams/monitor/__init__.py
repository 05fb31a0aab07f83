"""Summaries to readings, alerts and the console."""
