"""Value claims: rules applied to tagged sentences, links, records."""
