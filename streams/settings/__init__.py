"""Settings, read once from EVENHAND_* variables, and the addresses that they may name."""
