"""Labels that people give: the blind sample, and weights by inverse probability."""
