"""Which learner is best at texts of corrections, and from when on it may speak: measured on merchants left out."""
