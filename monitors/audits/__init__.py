"""What is looked at before something is changed: two models on the same transactions, side by side."""
