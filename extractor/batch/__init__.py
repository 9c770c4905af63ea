"""Many papers: processes, limits, journal, manifest, clusters."""
