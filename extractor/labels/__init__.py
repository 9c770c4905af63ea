"""Labelled abstracts: gold files, their checks, converters."""
