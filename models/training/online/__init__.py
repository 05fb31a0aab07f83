"""What corrections are worth, measured on merchants left out: how far to trust them, what learns texts best."""
