"""Value mentions: numerals, amounts with their units, ranges."""
