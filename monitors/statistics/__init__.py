"""Sequential tests, and the control of false discoveries."""
