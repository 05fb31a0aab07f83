"""The reviewers' desk: what pages need of the queue of reviews, whoever keeps it."""
