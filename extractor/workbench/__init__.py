"""For rule authors: explanations, and the tests of rules."""
