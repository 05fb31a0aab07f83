"""Made-up people and lines that are alike but for one thing; nobody in them exists."""
