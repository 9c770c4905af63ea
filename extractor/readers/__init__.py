"""One reader for each input format; :mod:`extractor.readers.papers` is the door to them."""
