"""Parts that were learned from texts: merchant memory, n-grams; neighbours and sentence encoder where a model has them."""
