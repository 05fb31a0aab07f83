"""The pages of people: reviews, and what was learned from them."""
