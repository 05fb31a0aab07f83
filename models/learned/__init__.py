"""Parts that were learned from texts: merchant memory and n-grams; neighbours and encoder where a model has them."""
