"""The life cycle of alerts, and their words."""
