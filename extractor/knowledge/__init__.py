"""Knowledge as data: YAML read strictly, and where the built-in folder stands."""
