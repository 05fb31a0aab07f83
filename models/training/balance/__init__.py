"""Balanced sets: the same number of rows for each category, real ones first, the missing ones generated and marked."""
