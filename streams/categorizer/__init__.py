"""Transactions to decisions: handler, metrics, and the duplicate window's recall."""
