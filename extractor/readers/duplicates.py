"""Leaves out papers that another source had already, known by arXiv id, DOI, OpenAlex id or title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from extractor.readers.record import Item, Paper, Repeat
from extractor.record.identity import paper_address

_VERSION = re.compile(r"v\d{1,2}\Z")
_ARXIV_DOI = re.compile(r"\Ahttps://doi\.org/10\.48550/arxiv\.")  # arXiv gives its papers DOIs
_SHORTEST_TITLE = 20  # letters and digits; shorter ones, such as "Introduction", name many papers


def without_duplicates(items: Iterable[Item]) -> Iterator[Item]:
    """Yields the items; in the place of a paper that was there before stands a repeat.

    Papers with different ids of the same sort, as two arXiv ids, are two papers, whatever their titles.
    """
    ids: set[bytes] = set()
    titles: dict[bytes, str | None] = {}  # with the sort of id that the paper had
    for item in items:
        if not isinstance(item, Paper):
            yield item
            continue
        page, sort = _page(item.id)
        title = _title(item.title)
        known = page is not None and page in ids
        if not known and title in titles:
            known = sort is None or titles[title] is None or titles[title] != sort
        if page is not None:
            ids.add(page)
        if title is not None:
            titles.setdefault(title, sort)
        yield Repeat(item.file or "-", item.row or 0) if known else item


def _page(identity: str | None) -> tuple[bytes | None, str | None]:
    """Returns what an id names, the same for all its spellings, and the sort of the id."""
    address = paper_address(identity)
    if address is None:
        return None, None
    plain = _ARXIV_DOI.sub("https://arxiv.org/abs/", address.lower())
    host = plain.split("/")[2]
    return _digest(_VERSION.sub("", plain) if host == "arxiv.org" else plain), host


def _title(title: str | None) -> bytes | None:
    plain = "".join(filter(str.isalnum, (title or "").casefold()))
    return _digest(plain) if len(plain) >= _SHORTEST_TITLE else None


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
