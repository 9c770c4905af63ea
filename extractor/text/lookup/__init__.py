"""Looking up many names and words in one text."""
