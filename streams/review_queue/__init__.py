"""The queue of reviews: what the ensemble is not sure of waits for people, and each answer goes out once."""
