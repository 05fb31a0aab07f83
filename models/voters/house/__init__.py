"""The bank's own rules: a file that operators own, read and checked as a whole, matched before any method counts."""
