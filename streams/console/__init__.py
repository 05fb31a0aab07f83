"""The web console: its first page shows the fairness monitors, live."""
