"""Tables of records: frames, and files of them."""
