"""The contract of a monitor, and what several monitors are made of."""
