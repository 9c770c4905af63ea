"""Columns computed from a record alone: factor, key, vendor and family, owner and repo."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import regex

from extractor.knowledge.hardware_terms import HardwareFacts
from extractor.knowledge.model import builtin

_JOINERS = re.compile(r"[\s\-_–]+")
_BROKEN = re.compile(r"-[ \t]{0,4}[\r\n]{1,2}[ \t]{0,9}")  # a word, by the end of a line
Number = Literal["gone", "left", "step"]
_STEPS = {"gone": -1, "step": 1}  # which way the value goes


class Reported(NamedTuple):
    """What a speedup or change says besides its value; ``number``: what that value is of the old one."""

    kind: str
    form: str
    direction: str | None
    metric: str | None
    number: Number | None = None


def number_of(value: float, relation: Reported, setting: str | None) -> Number | None:
    """Says what the value of a relative claim is, seen from the old value.

    Args:
        value: The number of the record.
        relation: Kind, form, direction and metric of the record.
        setting: What the rule that read it says (rules/README.md): ``share`` if a percentage is what is left,
            ``step`` if a fraction is what is gone.

    Returns:
        ``left`` for what is left of it ("12% of the energy", "half the energy"), ``gone`` for what is gone
        ("12% less", "cut by half"), ``step`` for what came to it ("12% more"). None for a ratio of 1 or more
        ("3x"), for an absolute difference, and where the way is not told.
    """
    fraction = relation.form == "ratio" and value < 1
    if relation.form != "percent" and not fraction:
        return None
    if setting != "step" if fraction else setting == "share":
        return "left"
    sign = _sign(relation._replace(form="percent"))
    return None if sign == 0 else "gone" if sign < 0 else "step"


def factor(value: float, relation: Reported) -> float | None:
    """Turns a relative value into new over old (for a speed-up: how many times as fast).

    Args:
        value: The number of the record, a ratio or a percentage.
        relation: Kind, form, direction, metric and number of the record.

    Returns:
        The factor, or None where the record does not tell: absolute differences, no direction, an improvement
        of an unnamed metric, or a reduction by more than the whole.
    """
    sign = _STEPS.get(relation.number or "") or _sign(relation)
    if sign == 0 or relation.form == "absolute":
        return None
    grown: float | None
    if relation.form == "ratio" and value < 1 and relation.number in ("gone", "step"):
        return factor(100 * value, relation._replace(form="percent"))
    if relation.form == "ratio":
        grown = max(value, _inverse(value) or 0)
        grown = grown if sign > 0 else _inverse(grown)
    elif relation.number == "left":
        grown = value / 100
    else:
        grown = 1 + sign * value / 100
    if grown is None or grown <= 0:
        return None
    return _inverse(grown) if relation.form == "percent" and _is_of_duration(relation) else grown


def _is_of_duration(relation: Reported) -> bool:
    """Tells whether it is the time that something takes which a speedup puts at another percentage."""
    if relation.kind != "speedup":
        return False
    if relation.number in _STEPS:
        return (relation.direction == "faster") == (relation.number == "gone")
    return _is_duration(relation.metric)


def _sign(relation: Reported) -> int:
    """Says whether the quantity that the number applies to grew (1), shrank (-1) or is unknown (0)."""
    metric = relation.metric
    if relation.kind == "speedup":
        faster = {"faster": 1, "slower": -1}.get(relation.direction or "", 0)
        return -faster if relation.form == "percent" and _is_duration(metric) else faster
    if relation.direction in ("increase", "decrease"):
        return 1 if relation.direction == "increase" else -1
    if metric is None or relation.direction not in ("better", "worse"):
        return 0
    return 1 if (relation.direction == "better") != lower_is_better(metric) else -1


def lower_is_better(metric: str) -> bool:
    """Says whether a metric is one of which people want less, such as an error or a latency."""
    words = _plain(metric)
    smaller, larger = (_words(group).search(words) for group in ("lower_is_better", "higher_is_better"))
    return smaller is not None and larger is None


def _inverse(value: float) -> float | None:
    return 1 / value if value else None


def _is_duration(metric: str | None) -> bool:
    return metric is not None and bool(_words("duration").search(_plain(metric)))


def _plain(metric: str) -> str:
    """Returns the words of a metric without soft hyphens, ligatures and line ends within them."""
    if not metric.isascii():
        metric = "".join(
            sign for sign in unicodedata.normalize("NFKC", metric) if unicodedata.category(sign) != "Cf"
        )
    if "\n" in metric or "\r" in metric:
        metric += " " + _BROKEN.sub("", metric)  # both, as the hyphen may be the word's own
    return metric


def _words(group: str) -> regex.Pattern[str]:
    return builtin().factor_words[group]


def repository(address: str, host: str) -> tuple[str | None, str | None]:
    """Splits the address of a code or model repository.

    Args:
        address: The repaired address, with scheme.
        host: Host class of the record.

    Returns:
        Owner and repository name; None where the address names none, as that of a page of the hub itself.
    """
    hub = builtin().hubs.get(host)
    parts = _path(address, hub) if hub else []
    kind = parts.pop(0) if hub and parts and parts[0] in hub.get("kinds", ()) else None
    if hub is None or not parts or (kind is None and parts[0].lower() in hub["site_pages"]):
        return None, None
    if kind == "datasets" and len(parts) == 1:  # an old one, without owner
        return None, parts[0]
    if not hub.get("nested"):
        return parts[0], parts[1].removesuffix(".git") if len(parts) > 1 else None
    end = next((place for place, part in enumerate(parts) if part in hub["ends"]), len(parts))
    *groups, repo = parts[:end]
    return ("/".join(groups), repo.removesuffix(".git")) if groups else (repo, None)


def _path(address: str, hub: dict[str, Any]) -> list[str]:
    """Returns the parts of the path of an address on a hub; none if it is on another server."""
    try:
        split = urlsplit(address)
        name = split.hostname
    except ValueError:  # such as a stray bracket in the host
        return []
    if name is None or (name not in hub["hosts"] if "hosts" in hub else name.endswith(hub["no_host"])):
        return []
    # Dots lead up, as in a browser, also encoded ones: /%2e%2E/a/./b is /a/b.
    path = posixpath.normpath("/" + split.path.replace("%2e", ".").replace("%2E", "."))
    return [part for part in path.split("/") if part]


def name_key(name: str) -> str:
    """Reduces a name to what identifies it: no case, blanks, hyphens, underscores or trailing slash."""
    return _JOINERS.sub("", name.casefold()).rstrip("/")


def hardware_facts(name: str) -> HardwareFacts:
    """Looks a canonical hardware name up in the gazetteer and its series; unknown names have no facts."""
    return builtin().hardware.facts(name)
