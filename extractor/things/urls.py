"""Finds the web addresses and hub paths of an abstract, repaired, with host class and role."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterator
from typing import Any, cast

import regex

from extractor.record.schema import Host, Mention, Url, UrlRole, trusted
from extractor.text.lookup.lazypattern import compile_late, late
from extractor.things.refused import Refused
from extractor.things.roles import Address, Roles, start_of

# One character of an address as papers print it: LaTeX escapes and $\sim$ stand for signs of the address.
_CHARACTER = (
    r"(?:(?!(?<![/=])https?://|\]\(|&(?:gt|lt|quot|nbsp|#\d{1,5});)[\w\-.~:/?#\[\]@!&'()*+,;=%]|\\[_%#&\-]|\\~\{\}|\$\\sim\$|\{\\_\}"
    r"|\\textasciitilde(?:\{\})?)"
)
_SCHEME = r"(?:https?[\s]?:[\s]?/[\s]?/[\s]?|https?://?|https?:(?=[a-z0-9-]+\.[a-z])|https?//)(?:https?://)?"
_ESCAPES = [
    (r"\textasciitilde{}", "~"),
    (r"\textasciitilde", "~"),
    (r"\~{}", "~"),
    (r"$\sim$", "~"),
    (r"{\_}", "_"),
    ("&amp;", "&"),
]
_ESCAPED = regex.compile(r"\\(?=[_%#&])|\\-|\s+")
_HOST = regex.compile(
    r"(?:https?://)?(?:(?P<user>[^\s/@?#]{1,80})@)?"
    r"(?P<host>[\w-]+(?:\.[\w-]+)*\.(?:[^\W\d_]{2,24}|xn--[\w-]+)|\d{1,3}(?:\.\d{1,3}){3}|localhost)"
    r"(?::(?P<port>\d{1,9}))?(?=[/?#]|\Z)"
)
# A top-level domain behind its dot, or behind a stray blank where a path follows.
_DOT = re.compile(r"\.(?:([A-Za-z]{2,8})(?![A-Za-z])|\s([a-z]{2,4})(?=/))")
_WWW = regex.compile(r"(?<![\w@/.])[Ww]{3}\.\s(?=[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/\s,;)}]|\.(?:\s|\Z)|\Z))")
# What LaTeX and Markdown enclose is an address as a whole, blanks and line breaks in it are stray.
_ENCLOSED = regex.compile(
    r"(?:\\?\b(?:url|href|path|nolinkurl)\{|\]\()(?P<inside>(?:[^{}()\s]|\{\\?[_~]?\}|\([^()\s]{0,40}\)|\s){4,300}?)\s*[})]"
)
_OPENERS = ("url{", "href{", "path{", "nolinkurl{")
_PIECES = 4  # parts into which stray blanks may cut an address
_GLUED = regex.compile(r"'s\Z|\[\d{1,3}(?:,\s?\d{1,3}){0,5}\]\Z")  # what the sentence writes onto an address
_PATH = re.compile(r"[\w.~-]+(?:/[\w./~-]*)?")
_PORTS = range(1, 65536)
_PORT_AND_PATH = re.compile(r"(?::\d{1,5})?/")
_LABELS = re.compile(r"(?:[\w-]+\.)*[\w-]*\Z")
_STOPS = ".,;:!?'*_ \t\r\n"
_LAYERS = 8  # brackets and stops an address may be wrapped in
_PAIRS = {")": "(", "]": "[", "}": "{"}


class UrlFinder:
    """Finds web addresses.

    Args:
        rules: The parsed rules/urls.yaml.
    """

    def __init__(self, rules: dict[str, Any]) -> None:
        self._hosts: list[tuple[str, tuple[str, ...]]] = [
            (host, tuple(ends)) for host, ends in rules["hosts"].items()
        ]
        self._roles = Roles(rules)
        self._self_hosted: dict[str, str] = dict(rules["self_hosted"])
        listed = "|".join(regex.escape(host) for host in rules["bare_with_path"])
        with_path = listed.replace(r"\.", r"\.\s?")
        subdomain = "|".join(regex.escape(host) for host in rules["bare_subdomain"])
        domains = "|".join(rules["domains"])
        self._scheme = late(_SCHEME, regex.IGNORECASE)
        self._domains = set(rules["domains"])
        self._hub = late(
            rf"(?P<hub>(?i:(?:[\w-]+\.){{0,3}}(?:{with_path})/(?=\s?[\w~@])"
            rf"|(?:[\w-]+\.){{1,3}}(?:{subdomain})(?![\w.]*@)))|(?P<www>www\.(?=[\w-]+\.))"
            rf"|(?P<domain>(?:[a-zA-Z0-9-]+\.){{1,4}}(?:{domains}))(?![\w@-])(?!\.\w)"
        )
        self._noise = late(rf"\{{(?:{'|'.join(rules['link_words'])})\}}")
        self._cue = _cue(rules["bare_cues"])
        self._apposition = late(
            rf",\s(?:{'|'.join(rules['articles'])})\s(?:[\w-]{{1,20}}\s){{0,4}}(?:{'|'.join(rules['sites'])})(?!\w)"
        )
        self._subdomain_cue = _cue(rules["subdomain_cues"])
        self._run_on = late(rf"(?<=[\w/)])\.(?:{'|'.join(rules['run_ons'])})\Z")
        self._body = late(rf"{_CHARACTER}++")
        hubs = "|".join(regex.escape(end) for _, ends in self._hosts for end in ends)
        self._open_path = late(rf"(?:{hubs})/\Z|(?:{hubs})/[\w.-]+/\Z")
        self._no_path = frozenset(rules["no_path"])
        self._known_end = late(rf"\.(?:{domains})\.?\Z")
        self._domain_next = late(
            rf"\s(?:(?:[\w-]+\.)+[a-z]{{2,}}(?=[/\s.,;)}}]|\Z)|(?:{domains})(?=/|[.,;)]?(?:\s|\Z)))"
        )

    def prepare(self) -> UrlFinder:
        """Compiles all that it will need, so that what is wrong with a user's lists is told at once."""
        compile_late(self, self._roles)
        return self

    def find(self, text: str) -> list[Url]:
        """Finds the web addresses of an abstract.

        Args:
            text: The abstract as given.

        Returns:
            One record for each distinct address, in the order of first mention. ``name`` is the repaired
            address; mentions keep noise inside and leave off the sentence's own punctuation.
        """
        addresses = self._addresses(text) if "." in text else []
        if not addresses:
            return []
        groups: dict[str, list[Address]] = {}
        for address in addresses:
            groups.setdefault(_key(address.name), []).append(address)
        found = []
        for group in groups.values():
            first = group[0]
            host = self._host(first.name)
            mentions = tuple(
                trusted(Mention, text=text[a.start : a.end], start=a.start, end=a.end) for a in group
            )
            role = self._roles.of(text, group, addresses, host)
            found.append(
                trusted(
                    Url,
                    text=mentions[0].text,
                    start=first.start,
                    end=first.end,
                    rule=first.rule,
                    name=first.name,
                    mentions=mentions,
                    host=cast("Host", host),
                    role=cast("UrlRole | None", role),
                )
            )
        return found

    def _addresses(self, text: str) -> list[Address]:
        addresses: list[Address] = []
        if "](" in text or ("{" in text and any(opener in text for opener in _OPENERS)):
            addresses += self._enclosed(text)
        # a single sign is found far quicker than a word, and most texts have neither
        if (":" in text or "/" in text) and ("http" in text or "HTTP" in text or "Http" in text):
            self._add_with_scheme(text, addresses)
        if "www. " in text or "www.\n" in text:
            for match in _WWW.finditer(text):
                self._add(addresses, text, match.start(), match.start(), "url.bare-domain")
        self._add_bare(text, addresses)
        addresses.sort()
        return addresses

    def _add_bare(self, text: str, addresses: list[Address]) -> None:
        """Adds the addresses without scheme, by their top-level domains."""
        schemes, end = addresses.copy(), 0
        waiting: list[Address] = []  # domains of which nothing tells that they are addresses
        for dot in _DOT.finditer(text):
            domain = (dot[1] or dot[2]).lower()
            if dot.start() < end or domain not in self._domains or _covers(schemes, dot.start()):
                continue
            labels = _LABELS.search(text[max(0, dot.start() - 60) : dot.start()])
            start = dot.start() - (len(labels[0]) if labels else 0)
            end = dot.end()
            if _covers(schemes, start) or text[start - 1 : start] in ("@", "/"):
                continue
            found = self._hub.match(text, start)
            address = None if found is None else self._bare_address(text, found)
            if address is not None:
                addresses.append(address)
                end = max(end, address.end)
            elif found is not None and found["domain"]:
                waiting.append(Address(*found.span(), f"https://{found['domain']}", "url.bare-domain"))
        if waiting:
            known = {address.name for address in addresses}
            addresses += [each for each in waiting if each.name in known]

    def refused(self, text: str) -> Iterator[Refused]:
        """Yields domains that are not taken, and schemes behind which no address stands."""
        addresses = self._addresses(text)
        for match in self._scheme.finditer(text):
            if not _covers(addresses, match.start()):
                yield Refused("url", *match.span(), "no host with a valid port stands behind the scheme")
        for match in self._hub.finditer(text):
            start, end = match.span()
            if not _covers(addresses, start) and text[start - 1 : start] != "@":
                yield Refused(
                    "url", start, end, "a domain alone needs a path, or a word such as at before it"
                )

    def _add_with_scheme(self, text: str, addresses: list[Address]) -> None:
        for match in self._scheme.finditer(text):
            self._add(addresses, text, match.start(), match.end(), "url.scheme")

    def _add(self, addresses: list[Address], text: str, start: int, at: int, rule: str) -> None:
        """Adds the address that is read at a place, unless another one holds the place."""
        if _covers(addresses, start):
            return
        address = self._read(text, start, at, rule)
        if address is not None and not _covers(addresses, address.end - 1):
            insort(addresses, address)

    def _enclosed(self, text: str) -> Iterator[Address]:
        """Yields the addresses in LaTeX or Markdown that stray blanks or line breaks cut into pieces."""
        for match in _ENCLOSED.finditer(text):
            pieces = match["inside"].split()
            start, end = match.span("inside")
            start += len(match["inside"]) - len(match["inside"].lstrip())
            if not 1 < len(pieces) <= _PIECES or not self._no_path.isdisjoint(pieces):
                continue
            joined = "".join(pieces)
            scheme = self._scheme.match(joined)
            body = joined[scheme.end() :] if scheme else joined
            if not self._body.fullmatch(body) or not (scheme or self._hub.match(body)):
                continue
            address = self._repaired(body, scheme[0] if scheme else "")
            if address is not None:
                yield Address(start, end, address, "url.enclosed")

    def _bare_address(self, text: str, match: regex.Match[str]) -> Address | None:
        start, kind = match.start(), match.lastgroup
        if kind == "hub":
            return self._read(text, start, start, "url.hub-path")
        if kind == "www":
            return self._read(text, start, start, "url.bare-domain")
        address = self._read(text, start, start, "url.bare-domain")
        if address is None:
            return None
        domain = match["domain"]
        lower = domain.islower()
        has_path = len(address.name) > len("https://") + len(domain) + 1
        if has_path and lower and _PORT_AND_PATH.match(text, match.end()):
            return address
        before = text[max(0, start - 24) : start]
        cued = (
            self._cue.search(before)
            or (domain.count(".") > 1 and self._subdomain_cue.search(before))
            or self._apposition.match(text, match.end())
        )
        return address if cued and lower and any(c.isalpha() for c in domain.split(".")[0]) else None

    def _read(self, text: str, start: int, at: int, rule: str) -> Address | None:
        """Reads an address from ``start`` whose scheme ends at ``at``; None if no host stands there."""
        end = self._extent(text, at)
        raw = text[at:end]
        raw, end = self._trim(raw, end)
        name = self._repaired(raw, text[start:at]) if end > at else None
        if name is None:
            return None
        noise = self._noise.match(text, end)
        if noise is not None:
            end = noise.end()
        return Address(start, end, name, rule)

    def _repaired(self, raw: str, scheme: str) -> str | None:
        """Returns an address without noise and with a scheme; None without a host or with a bad port."""
        address = _ESCAPED.sub("", _unescape(raw))
        match = _HOST.match(address)
        if match is None or (match["user"] and not scheme):
            return None
        if match["port"] and int(match["port"]) not in _PORTS:
            return None
        plain = scheme[:5].lower() in ("http:", "http ")
        return f"{'http' if plain else 'https'}://{address}"

    def _extent(self, text: str, at: int) -> int:
        """Returns where the address that begins at ``at`` ends, read across stray blanks and line breaks."""
        end = at
        for _ in range(4):
            body = self._body.match(text, end)
            if body is None:
                break
            end = body.end()
            gap = self._gap(text, at, end)
            if gap is None:
                break
            end += gap
        return end

    def _gap(self, text: str, at: int, end: int) -> int | None:
        """Returns the width of a stray blank at ``end`` behind which the address goes on, or None."""
        if not text[end : end + 1].isspace():
            return None
        so_far = "".join(text[at:end].split())
        if so_far.lower() == "www.":
            return 1 if _WWW.match(text, end - 4) else None
        following = _PATH.match(text, end + 1)
        if following is None:
            goes_on = text[end + 1 : end + 2] == "/" and not so_far.endswith("/")
        elif "/" not in so_far:
            broken = so_far.endswith(("-", ".")) and not self._known_end.search(so_far)
            goes_on = broken and self._domain_next.match(text, end) is not None
        elif self._open_path.search(so_far):
            word = following[0]
            plain = word.lower().rstrip(".") in self._no_path
            goes_on = _is_path_word(word) or (not plain and _closes(text, following.end()))
        else:
            goes_on = so_far.endswith(("-", "_", "\\_")) and following[0][0].isalnum()
        return 1 if goes_on else None

    def _trim(self, raw: str, end: int) -> tuple[str, int]:
        """Cuts the sentence's own punctuation, and a sentence written onto the address, off its end."""
        for _ in range(_LAYERS):
            trimmed = raw.rstrip(_STOPS)
            if raw.endswith("\\_"):
                trimmed = raw
            low = max(0, len(trimmed) - 20)
            written_on = self._run_on.search(trimmed, low) or _GLUED.search(trimmed, low)
            if written_on is not None:
                trimmed = trimmed[: written_on.start()]
            elif (
                trimmed
                and trimmed[-1] in _PAIRS
                and trimmed.count(trimmed[-1]) > trimmed.count(_PAIRS[trimmed[-1]])
            ):
                trimmed = trimmed[:-1]
            if len(trimmed) == len(raw):
                break
            raw, end = trimmed, end - (len(raw) - len(trimmed))
        return raw, end

    def _host(self, address: str) -> str:
        match = _HOST.match(address)
        host = str(match["host"]).lower() if match else ""
        for name, ends in self._hosts:
            if any(host == end or host.endswith("." + end) for end in ends):
                return name
        first, _, rest = host.partition(".")
        own = self._self_hosted.get(first)
        return first if own and regex.fullmatch(rf"(?:[\w-]+\.)*(?:{own})", rest) else "other"


def _covers(addresses: list[Address], place: int) -> bool:
    """Tells whether a place is inside one of the addresses, which are sorted and apart."""
    at = bisect_right(addresses, place, key=start_of)
    return at > 0 and place < addresses[at - 1].end


def _cue(words: list[str]) -> regex.Pattern[str]:
    return late(rf"(?<!\w)(?i:{'|'.join(map(regex.escape, words))})[\s:({{]*\Z")


def _closes(text: str, end: int) -> bool:
    """Tells whether a sentence, bracket or brace ends at a place."""
    behind = text[end : end + 1]
    return text[end - 1] == "." or not behind or behind in ",;)}]"


def _is_path_word(word: str) -> bool:
    """Says whether a word behind a blank can be the rest of a hub path: it looks like a name, not a word."""
    name = word.rstrip(".")
    return (
        "/" in name or any(c in "-_" or c.isdigit() for c in name) or not (name.islower() or name.istitle())
    )


def _unescape(raw: str) -> str:
    for printed, sign in _ESCAPES:
        raw = raw.replace(printed, sign)
    return raw


def _key(name: str) -> str:
    """Returns what two spellings of one address share."""
    key = name.split("://", 1)[1].casefold().rstrip("/").removesuffix(".git")
    key = key.removeprefix("www.")
    return "huggingface.co" + key.removeprefix("hf.co") if key.startswith("hf.co/") else key
