"""How each shipped table is made."""
