"""The demo's lesson: a scripted reviewer answers, the learner learns, and what the next transactions gain by it."""
