"""Other people's classifiers from files, opened without running what is in them; and from code that is named."""
