"""Points the links of a Markdown page elsewhere: a page of the repository is read on other sites too."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest

# A fenced block, or code within a line: what looks like a link there is none.
_CODE = re.compile(r"(^ *```.*?^ *```[ \t]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_PICTURE = re.compile(r"<picture>.*?</picture>\n*", re.DOTALL)
_SOURCE = re.compile(r'(src|srcset)="([^"]+)"')
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_WHOLE = re.compile(r"^(?:[a-z]+:|#)")  # another site, or a place of the same page

Where = Callable[[str, bool], str | None]
"""Says where a relative target is to be found, None if nowhere; the flag tells an image from a page."""


def repointed(markdown: str, where: Where) -> str:
    """Returns a page with its relative links pointed elsewhere.

    A link that leads nowhere becomes its words, an image of which that is so is left out.

    Args:
        markdown: The page.
        where: Says where a target is.
    """

    def link(found: re.Match[str]) -> str:
        image, words, target = found.groups()
        if _WHOLE.match(target):
            return found[0]
        place = where(target, bool(image))
        if place is None:
            return "" if image else words
        return f"{image}[{words}]({place})"

    def picture(found: re.Match[str]) -> str:
        targets = [target for _, target in _SOURCE.findall(found[0]) if not _WHOLE.match(target)]
        places = {target: where(target, True) for target in targets}
        if None in places.values():
            return ""
        return _SOURCE.sub(lambda each: f'{each[1]}="{places.get(each[2], each[2])}"', found[0])

    parts = _CODE.split(markdown)  # text and code by turns; code in the words of a link is put back below
    text = "".join(
        part + (f"\0{place}\0" if code else "") for place, (part, code) in enumerate(_pairs(parts))
    )
    text = _LINK.sub(link, _PICTURE.sub(picture, text))
    return re.sub(r"\0(\d+)\0", lambda found: parts[2 * int(found[1]) + 1], text)


def _pairs(parts: list[str]) -> list[tuple[str, str]]:
    return list(zip_longest(parts[::2], parts[1::2], fillvalue=""))
