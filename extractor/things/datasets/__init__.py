"""Datasets: listed names, and patterns for those that no list knows."""
