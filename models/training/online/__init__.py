"""How far people's corrections may be trusted: they are simulated on held-out merchants, and counted."""
