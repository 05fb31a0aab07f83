"""Parts that were learned from texts: merchant memory, n-grams, neighbours, sentence encoder."""
