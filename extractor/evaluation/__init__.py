"""How right the claims are: alignment, scores, comparisons, and how they are shown."""
