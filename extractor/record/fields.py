"""Which fields of a record say how it came to be; light, for those who handle records as plain data."""

from __future__ import annotations

READ_FIELDS = ("rule", "number")
"""Fields that only reading fills; labels of people have none."""
