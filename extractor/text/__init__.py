"""One text: sentences, word classes, and the look-up of names in it."""
