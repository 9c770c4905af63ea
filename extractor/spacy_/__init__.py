"""The spaCy side: the component and what loads it."""
