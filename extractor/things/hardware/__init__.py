"""Hardware: names, what stands around them, how many."""
