"""One reader for each input format; :mod:`extractor.papers` is the door to them."""
