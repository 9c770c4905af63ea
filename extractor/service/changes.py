"""What rules change in a text: claims that are new, gone, or say something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from extractor.pages.documents import claim_json

if TYPE_CHECKING:
    from extractor.pages.documents import PageClaim, PageDocument

_Key = tuple[str, tuple[tuple[int, int], ...]]


def changes(before: PageDocument, after: PageDocument, text: str) -> list[dict[str, Any]]:
    """Compares the claims of one text by two sets of rules.

    Args:
        before: What the first set reads.
        after: What the second set reads.
        text: The text.

    Returns:
        In the order of the text, each with ``how`` (``new``, ``gone``, ``other``), the claim as the page
        shows it, and for ``other`` the names, old and new words of what differs.
    """
    old, new = ({_key(claim): claim for claim in document.claims} for document in (before, after))
    found = [_told("gone", old[key], text) for key in old.keys() - new.keys()]
    found += [_told("new", new[key], text) for key in new.keys() - old.keys()]
    for key in old.keys() & new.keys():
        differs = list(_differences(old[key], new[key]))
        if differs:
            found.append({**_told("other", new[key], text), "differs": differs})
    return sorted(found, key=lambda entry: (entry["claim"].get("s", []), entry["how"]))


def _key(claim: PageClaim) -> _Key:
    return claim.kind, claim.spans


def _told(how: str, claim: PageClaim, text: str) -> dict[str, Any]:
    return {"how": how, "claim": claim_json(claim, text)}


def _differences(old: PageClaim, new: PageClaim) -> Iterator[tuple[str, Any, Any]]:
    first, second = ({**claim.attributes, "rule": claim.rule} for claim in (old, new))
    for name in dict.fromkeys((*first, *second)):
        if first.get(name) != second.get(name):
            yield name, first.get(name), second.get(name)
