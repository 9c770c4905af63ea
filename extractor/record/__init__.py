"""The record: claim models as pure data, and the columns derived from them."""
