"""Requests to a file, answers from one, and the way of answers from another process into the journal."""
