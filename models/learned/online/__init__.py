"""What people's corrections teach, as they come in: pure, replayed bit for bit from the journal of corrections.

`learner.py` learns, and `model.py` is what a worker has of it: that one imports neither River nor scikit-learn.
"""
