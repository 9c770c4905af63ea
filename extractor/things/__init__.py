"""Named things: hardware, datasets, web addresses."""
