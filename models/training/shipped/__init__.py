"""Makes each shipped table: `python -m models.training.shipped`."""
