"""Comparing ways to balance the training data."""
