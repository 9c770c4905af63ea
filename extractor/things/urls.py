"""Finds the web addresses and hub paths of an abstract, repaired, with host class and role."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple, cast

import regex

from extractor.record.schema import Host, Mention, Url, UrlRole

# One character of an address as papers print it: LaTeX escapes and $\sim$ stand for signs of the address.
_CHARACTER = (
    r"(?:(?!https?://)[\w\-.~:/?#\[\]@!&'()*+,;=%]|\\[_%#&\-]|\\~\{\}|\$\\sim\$|\{\\_\}"
    r"|\\textasciitilde(?:\{\})?)"
)
_SCHEME = r"(?:https?[\s]?:[\s]?/[\s]?/[\s]?|https?://?|https?:(?=[a-z0-9-]+\.[a-z])|https?//)(?:https?://)?"
_NOISE = regex.compile(r"\{this[^{}]{0,20}\}|\{here\}|\{link\}")
_ESCAPES = [
    (r"\textasciitilde{}", "~"),
    (r"\textasciitilde", "~"),
    (r"\~{}", "~"),
    (r"$\sim$", "~"),
    (r"{\_}", "_"),
]
_ESCAPED = regex.compile(r"\\(?=[_%#&])|\\-|\s+")
_HOST = regex.compile(
    r"(?:https?://)?(?P<host>[\w-]+(?:\.[\w-]+)*\.(?:[A-Za-z]{2,24}|xn--[\w-]+)|\d{1,3}(?:\.\d{1,3}){3}"
    r"|localhost)(?::\d+)?(?=[/?#]|\Z)"
)
_SENTENCE = regex.compile(r"[.!?]['\")\]}]*\s+(?=[A-Z\\])|\n\s*\n")
_DOT = re.compile(r"\.([a-z]{2,8})(?![a-z])")
_LABELS = re.compile(r"(?:[\w-]+\.)*[\w-]*\Z")
_STOPS = ".,;:!?'*_ \t\r\n"
_LAYERS = 8  # brackets and stops an address may be wrapped in
_PAIRS = {")": "(", "]": "[", "}": "{"}
_BEFORE = 220  # characters of a sentence in front of an address that are read for its role
_BEHIND = 60


class _Address(NamedTuple):
    """One mention: its span, the repaired address, and the rule that found it."""

    start: int
    end: int
    name: str
    rule: str


class UrlFinder:
    """Finds web addresses.

    Args:
        rules: The parsed rules/urls.yaml.
    """

    def __init__(self, rules: dict[str, Any]) -> None:
        self._hosts: list[tuple[str, tuple[str, ...]]] = [
            (host, tuple(ends)) for host, ends in rules["hosts"].items()
        ]
        self._roles = _Roles(rules)
        with_path = "|".join(regex.escape(host) for host in rules["bare_with_path"])
        subdomain = "|".join(regex.escape(host) for host in rules["bare_subdomain"])
        domains = "|".join(rules["domains"])
        self._scheme = regex.compile(_SCHEME, regex.IGNORECASE)
        self._domains = set(rules["domains"])
        self._hub = regex.compile(
            rf"(?P<hub>(?:[\w-]+\.){{0,3}}(?:{with_path})/(?=\s?[\w~@])"
            rf"|(?:[\w-]+\.){{1,3}}(?:{subdomain})(?![\w.]*@))|(?P<www>www\.(?=[\w-]+\.))"
            rf"|(?P<domain>(?:[a-zA-Z0-9-]+\.){{1,4}}(?:{domains}))(?![\w@-])(?!\.\w)"
        )
        self._cue = _cue(rules["bare_cues"])
        self._subdomain_cue = _cue(rules["subdomain_cues"])
        self._run_on = regex.compile(rf"(?<=[\w/)])\.(?:{'|'.join(rules['run_ons'])})\Z")
        self._body = regex.compile(rf"{_CHARACTER}++")
        hubs = "|".join(regex.escape(end) for _, ends in self._hosts for end in ends)
        self._open_path = regex.compile(rf"(?:{hubs})/\Z|(?:{hubs})/[\w.-]+/\Z")
        self._known_end = regex.compile(rf"\.(?:{domains})\.?\Z")
        self._domain_next = regex.compile(
            rf"\s(?:(?:[\w-]+\.)+[a-z]{{2,}}(?=[/\s.,;)}}]|\Z)|(?:{domains})(?=/|[.,;)]?(?:\s|\Z)))"
        )

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
        groups: dict[str, list[_Address]] = {}
        for address in addresses:
            groups.setdefault(_key(address.name), []).append(address)
        found = []
        for group in groups.values():
            first = group[0]
            host = self._host(first.name)
            mentions = tuple(Mention(text=text[a.start : a.end], start=a.start, end=a.end) for a in group)
            role = self._roles.of(text, group, addresses, host)
            found.append(
                Url(
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

    def _addresses(self, text: str) -> list[_Address]:
        addresses: list[_Address] = []
        # a single sign is found far quicker than a word, and most texts have neither
        if (":" in text or "/" in text) and ("http" in text or "HTTP" in text or "Http" in text):
            for match in self._scheme.finditer(text):
                address = self._read(text, match.start(), match.end(), "url.scheme")
                if address is not None and (not addresses or address.start >= addresses[-1].end):
                    addresses.append(address)
        schemes, end = addresses.copy(), 0
        for dot in _DOT.finditer(text):
            if dot.start() < end or dot[1] not in self._domains or _covers(schemes, dot.start()):
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
        addresses.sort()
        return addresses

    def _bare_address(self, text: str, match: regex.Match[str]) -> _Address | None:
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
        if has_path and lower and text[match.end() : match.end() + 1] == "/":
            return address
        before = text[max(0, start - 24) : start]
        cued = self._cue.search(before) or (domain.count(".") > 1 and self._subdomain_cue.search(before))
        return address if cued and lower and any(c.isalpha() for c in domain.split(".")[0]) else None

    def _read(self, text: str, start: int, at: int, rule: str) -> _Address | None:
        """Reads an address from ``start`` whose scheme ends at ``at``; None if no host stands there."""
        end = self._extent(text, at)
        raw = text[at:end]
        raw, end = self._trim(raw, end)
        address = _ESCAPED.sub("", _unescape(raw))
        match = _HOST.match(address)
        if match is None or end <= at:
            return None
        scheme = (
            "http" if text[at - 1 : at] and text[start : start + 5].lower() in ("http:", "http ") else "https"
        )
        noise = _NOISE.match(text, end)
        if noise is not None:
            end = noise.end()
        return _Address(start, end, f"{scheme}://{address}", rule)

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
        so_far = text[at:end]
        following = regex.match(r"[\w.~-]+(?:/[\w./~-]*)?", text, pos=end + 1)
        if following is None:
            return 1 if text[end + 1 : end + 2] == "/" and "/" not in so_far[-1:] else None
        word = following[0]
        if "/" not in so_far:
            broken = so_far.endswith(("-", ".")) and not self._known_end.search(so_far)
            return 1 if broken and self._domain_next.match(text, end) else None
        if self._open_path.search(so_far):
            return 1 if _is_path_word(word) else None
        if so_far.endswith(("-", "_", "\\_")) and word[0].isalnum():
            return 1
        return None

    def _trim(self, raw: str, end: int) -> tuple[str, int]:
        """Cuts the sentence's own punctuation, and a sentence written onto the address, off its end."""
        for _ in range(_LAYERS):
            trimmed = raw.rstrip(_STOPS)
            if raw.endswith("\\_"):
                trimmed = raw
            run_on = self._run_on.search(trimmed, max(0, len(trimmed) - 20))
            if run_on is not None:
                trimmed = trimmed[: run_on.start()]
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
        return "gitlab" if host.startswith("gitlab.") else "other"


class _Roles:
    """Tells what stands behind an address, by the words of its sentence."""

    def __init__(self, rules: dict[str, Any]) -> None:
        self._words = {role: _any(words) for role, words in rules["roles"].items()}
        self._phrases = {role: _any(words) for role, words in rules["phrases"].items()}
        self._defaults: dict[str, str] = dict(rules["defaults"])
        self._no_default = _any(rules["no_default"])

    def of(self, text: str, mentions: list[_Address], addresses: list[_Address], host: str) -> str | None:
        """Returns the role of the address with these mentions, or None where nothing tells."""
        for mention in mentions:
            before, between = _before(text, mention, addresses)
            for part in (between, before, _behind(text, mention, addresses)):
                role = self._named(part)
                if role is not None:
                    return role
        name = mentions[0].name.lower()
        before, _ = _before(text, mentions[0], addresses)
        if self._no_default.search(before) or "/awesome" in name:
            return None
        if host == "huggingface":
            return "data" if "/datasets/" in name else "demo" if "/spaces/" in name else "model"
        return self._defaults.get(host)

    def _named(self, words: str) -> str | None:
        if not words or words.isspace():
            return None
        named = set()
        for role, phrase in self._phrases.items():
            words, found = phrase.subn(" ", words)
            if found:
                named.add(role)
        return next((role for role, word in self._words.items() if role in named or word.search(words)), None)


def _before(text: str, mention: _Address, addresses: list[_Address]) -> tuple[str, str]:
    """Returns the sentence before a mention up to its first other address, and the part behind the last."""
    low = max(0, mention.start - _BEFORE)
    left = text[low : mention.start]
    breaks = list(_SENTENCE.finditer(left))
    low += breaks[-1].end() if breaks else 0
    inside = _within(addresses, low, mention.start)
    if not inside:
        return text[low : mention.start], ""
    return text[low : inside[0].start], text[inside[-1].end : mention.start]


def _behind(text: str, mention: _Address, addresses: list[_Address]) -> str:
    right = text[mention.end : mention.end + _BEHIND]
    stop = _SENTENCE.search(right)
    high = mention.end + (stop.start() if stop else len(right))
    if right[:1] in ".!?":
        return ""
    later = _within(addresses, mention.end, high)
    return text[mention.end : later[0].start if later else high]


def _within(addresses: list[_Address], low: int, high: int) -> list[_Address]:
    """Returns the addresses that begin from low to before high, in order."""
    return addresses[bisect_left(addresses, low, key=_start) : bisect_left(addresses, high, key=_start)]


def _covers(addresses: list[_Address], place: int) -> bool:
    """Tells whether a place is inside one of the addresses, which are sorted and apart."""
    at = bisect_right(addresses, place, key=_start)
    return at > 0 and place < addresses[at - 1].end


def _start(address: _Address) -> int:
    return address.start


def _any(words: list[str]) -> regex.Pattern[str]:
    return regex.compile(rf"(?<![\w])(?:{'|'.join(words)})(?![\w])", regex.IGNORECASE)


def _cue(words: list[str]) -> regex.Pattern[str]:
    return regex.compile(rf"(?<!\w)(?i:{'|'.join(map(regex.escape, words))})[\s:({{]*\Z")


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
