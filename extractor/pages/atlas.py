"""The atlas: what the abstracts of a literature claim, at a glance; each mark opens its claim."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.errors import ExtractorError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.pages.documents import PageClaim, PageDocument, document_json
from extractor.pages.render import page
from extractor.record.derived import lower_is_better, name_key

if TYPE_CHECKING:
    from extractor.knowledge.kinds import Kinds

_ID_MONTH = re.compile(
    r"(?:^|[:/])(\d{2})(0[1-9]|1[0-2])\.\d{4,5}(?:v\d+)?$|[a-z.-]+/(\d{2})(0[1-9]|1[0-2])\d{3}"
)
_MOST_DOTS = 4_000  # of a chart
_MOST_DATASETS, _MOST_SCORES, _LEAST_SCORES = 60, 300, 2
_MOST_NAMES = 24  # of devices and datasets that are counted over time
_EXAMPLES = 8  # claims behind a bar
_BLOCK = 64  # papers that are unpacked together
_MOST_TITLE = 90  # characters that a mark tells of a title

Ref = tuple[int, int]  # a paper, and a claim in it


class Said(NamedTuple):
    """A claim with its paper and the month of the paper, as ``2026-05``; None where the id tells none."""

    paper: int
    claim: int
    month: str | None
    record: PageClaim

    @property
    def ref(self) -> Ref:
        """Where it stands."""
        return self.paper, self.claim


def atlas_html(documents: Sequence[PageDocument], *, title: str, kinds: Kinds | None = None) -> str:
    """Renders the claims of many papers as one self-contained page of charts.

    Args:
        documents: The papers, as :func:`extractor.pages.read_documents` gives them.
        title: Heading of the page.
        kinds: The kinds of claims; the built-in ones if none are given.

    Returns:
        The whole page; it works offline and fetches nothing. Of papers it holds those that a mark opens.

    Raises:
        ExtractorError: Plotly is not installed.
    """
    atlas = Atlas(documents, kinds or builtin_kinds())
    data = atlas.data()
    return page(
        "atlas.html",
        title=title,
        later=data.pop("blocks"),
        data=data,
        assets=("page", "dom", "marks", "record", "atlas"),
        kinds=atlas.kinds,
        libraries=(_plotly(),),
        papers=len(documents),
        claims=sum(len(document.claims) for document in documents),
        dated=sum(month is not None for month in atlas.months),
    )


def _plotly() -> str:
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        message = 'the atlas needs plotly; install it with: pip install "paperclaims[atlas]"'
        raise ExtractorError(message) from None
    return compiled_at_once(get_plotlyjs())


def compiled_at_once(script: str) -> str:
    """Sets the function that holds a library in parentheses.

    Browsers compile such a function as they read it. Without them they skim its millions of characters first
    and read them a second time when it is called, right after.
    """
    head, opening, rest = script.partition("this, () => {")
    body, closing, end = rest.rpartition("}));")
    if not (opening and closing) or end.strip():
        return script  # wrapped in another way, as it may be one day
    return f"{head}this, (() => {{{body}}})));{end}"


def month_of(identity: str | None) -> str | None:
    """Tells the month of a paper from an id of arXiv, such as ``2026-05`` from ``2605.01234``."""
    found = _ID_MONTH.search(identity or "")
    if found is None:
        return None
    year, month = (found[1], found[2]) if found[1] else (found[3], found[4])
    return f"{'19' if int(year) > 90 else '20'}{year}-{month}"


class Atlas:
    """The numbers behind the charts.

    Args:
        documents: The papers.
        kinds: The kinds of claims.
    """

    def __init__(self, documents: Sequence[PageDocument], kinds: Kinds) -> None:
        self.kinds = kinds
        self._documents = documents
        self.months = [month_of(document.id) for document in documents]
        self._kept: dict[int, int] = {}  # papers that a mark opens, in the order in which they are asked for

    @cached_property
    def _said(self) -> list[Said]:
        return [
            Said(paper, place, self.months[paper], claim)
            for paper, document in enumerate(self._documents)
            for place, claim in enumerate(document.claims)
        ]

    def _of(self, *, family: str, speed: bool | None = None) -> list[Said]:
        names = {
            spec.name
            for spec in self.kinds.specs
            if spec.family == family and (speed is None or spec.speed == speed)
        }
        return [said for said in self._said if said.record.kind in names]

    def data(self) -> dict[str, Any]:
        """Returns what the scripts of the page read."""
        charts = {
            "kinds": self._by_kind(),
            "speed": self._speedups(),
            "devices": self._names("hardware"),
            "sets": self._names("dataset"),
            "boards": self._boards(),
            "sizes": self._sizes(),
            "hosts": self._hosts(),
        }
        return {
            **charts,
            "papers": dict(Counter(month for month in self.months if month)),
            "of": self._kinds_of_charts(),
            "shown": {spec.name: [spec.page.what, spec.page.against] for spec in self.kinds.specs},
            "labels": {spec.name: spec.label for spec in self.kinds.specs},
            "block": _BLOCK,
            "blocks": list(self._blocks()),
        }

    def _kinds_of_charts(self) -> dict[str, str]:
        """Names the kind whose colour a chart has."""
        first = {spec.family: spec.name for spec in reversed(self.kinds.specs)}
        speed = next((spec.name for spec in self.kinds.specs if spec.speed), "")
        named = {"devices": "hardware", "sets": "dataset"}
        return {"speed": speed, "sizes": first.get("size", ""), "boards": first.get("level", ""), **named}

    def _ref(self, said: Said) -> list[int]:
        """Returns where a claim stands in the page, which from then on holds its paper."""
        return [self._kept.setdefault(said.paper, len(self._kept)), said.claim]

    def _blocks(self) -> Iterator[str]:
        """Yields the papers that are opened, packed in groups: one is unpacked when it is asked for."""
        papers = [self._documents[paper] for paper in self._kept]
        for begin in range(0, len(papers), _BLOCK):
            records = [document_json(paper) for paper in papers[begin : begin + _BLOCK]]
            text = json.dumps(records, ensure_ascii=True, separators=(",", ":"))
            yield base64.b64encode(zlib.compress(text.encode(), 9)).decode()

    def _title(self, said: Said) -> str:
        document = self._documents[said.paper]
        title = " ".join((document.title or document.id or "").split())
        return title if len(title) <= _MOST_TITLE else f"{title[: _MOST_TITLE - 1]}…"

    def _by_kind(self) -> dict[str, Any]:
        groups: dict[str, dict[str, list[Said]]] = {spec.name: {} for spec in self.kinds.specs}
        for said in self._said:
            if said.record.kind in groups:
                groups[said.record.kind].setdefault(said.month or "", []).append(said)
        return {kind: self._cells(months) for kind, months in groups.items() if months}

    def _cells(self, months: dict[str, list[Said]]) -> dict[str, Any]:
        """Counts the claims of each month, and takes some of them as examples."""
        return {
            month: [len(found), [self._ref(said) for said in found[:_EXAMPLES]]]
            for month, found in sorted(months.items())
        }

    def _dots(self, found: Iterable[tuple[Said, float]], **more: Any) -> dict[str, Any]:
        """Makes a dot of each claim and number; of too many the largest and an even choice of the others."""
        ranked = sorted(found, key=lambda each: (-each[1], each[0].ref))
        shown = ranked
        if len(ranked) > _MOST_DOTS:
            first = ranked[: _MOST_DOTS // 4]
            rest = ranked[_MOST_DOTS // 4 :]
            step = len(rest) / (_MOST_DOTS - len(first))
            shown = [*first, *(rest[int(step * place)] for place in range(_MOST_DOTS - len(first)))]
        return {
            "of": len(ranked),
            "x": [said.month for said, _ in shown],
            "y": [number for _, number in shown],
            "t": [said.record.text for said, _ in shown],
            "p": [self._title(said) for said, _ in shown],
            "r": [self._ref(said) for said, _ in shown],
            **{name: [take(said) for said, _ in shown] for name, take in more.items()},
        }

    def _speedups(self) -> dict[str, Any]:
        found = []
        for said in self._of(family="relative", speed=True):
            factor = said.record.derived.get("factor")
            if isinstance(factor, (int, float)) and 0 < factor < 1e9:
                found.append((said, float(factor)))
        return self._dots(
            found,
            h=self._device,
            b=lambda said: said.record.attributes.get("baseline"),
            u=lambda said: said.record.attributes.get("bound"),
        )

    def _device(self, said: Said) -> str | None:
        """Returns the hardware of a claim: what stands beside it, else the only device of its abstract."""
        beside = said.record.attributes.get("hardware")
        if beside:
            return str(beside)
        claims = self._documents[said.paper].claims
        names = {claim.attributes.get("name") for claim in claims if claim.kind == "hardware"}
        return str(names.pop()) if len(names) == 1 else None

    def _sizes(self) -> dict[str, Any]:
        found = []
        for said in self._of(family="size"):
            value = said.record.attributes.get("value")
            if isinstance(value, (int, float)) and 1 <= value < 1e16:
                found.append((said, float(value)))
        return self._dots(
            found,
            m=lambda said: said.record.attributes.get("model"),
            o=lambda said: said.record.attributes.get("role"),
        )

    def _names(self, kind: str) -> list[dict[str, Any]]:
        """Counts the papers that name each thing of a kind, by month; the most named first."""
        names: dict[str, Counter[str]] = defaultdict(Counter)
        places: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        seen: set[tuple[str, int]] = set()
        for said in self._said:
            if said.record.kind != kind:
                continue
            name = str(said.record.attributes.get("name") or said.record.text)
            key = name_key(name)
            if (key, said.paper) not in seen:  # a paper counts once
                seen.add((key, said.paper))
                names[key][name] += 1
                places[key][said.month or ""].append(said)
        ranked = sorted(names, key=lambda key: (-names[key].total(), key))[:_MOST_NAMES]
        return [
            {
                "name": names[key].most_common(1)[0][0],
                "papers": names[key].total(),
                "months": self._cells(places[key]),
            }
            for key in ranked
        ]

    def _boards(self) -> list[dict[str, Any]]:
        """Gathers the scores of each dataset by metric and unit; those with most scores first."""
        groups: dict[tuple[str, str, str], list[tuple[Said, float]]] = defaultdict(list)
        spelled: dict[str, Counter[str]] = defaultdict(Counter)
        for said in self._of(family="level"):
            attributes = said.record.attributes
            value, dataset, metric = (attributes.get(name) for name in ("value", "dataset", "metric"))
            if isinstance(value, (int, float)) and dataset and metric:
                spelled[name_key(str(dataset))][str(dataset)] += 1
                unit = str(attributes.get("unit") or "")
                groups[name_key(str(dataset)), str(metric).lower(), unit].append((said, float(value)))
        boards: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for (dataset, metric, unit), found in groups.items():
            if len(found) >= _LEAST_SCORES:
                lower = lower_is_better(metric)
                found.sort(key=lambda each: (each[1] if lower else -each[1], each[0].ref))
                boards[dataset].append({"metric": metric, "unit": unit, "lower": lower, "found": found})
        ranked = sorted(boards, key=lambda key: (-sum(len(b["found"]) for b in boards[key]), key))
        return [
            {
                "set": spelled[key].most_common(1)[0][0],
                "boards": [
                    {
                        **{name: board[name] for name in ("metric", "unit", "lower")},
                        **self._board_dots(board["found"]),
                    }
                    for board in sorted(boards[key], key=lambda board: -len(board["found"]))
                ],
            }
            for key in ranked[:_MOST_DATASETS]
        ]

    def _board_dots(self, found: Sequence[tuple[Said, float]]) -> dict[str, Any]:
        dots = self._dots(found[:_MOST_SCORES], s=lambda said: said.record.attributes.get("subject"))
        return {**dots, "of": len(found)}

    def _hosts(self) -> list[dict[str, Any]]:
        """Counts the addresses by host and by what they lead to."""
        groups: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        for said in self._of(family="address"):
            attributes = said.record.attributes
            role = str(attributes.get("role") or "other")
            groups[str(attributes.get("host") or "other")][role].append(said)
        ranked = sorted(groups, key=lambda host: (-sum(map(len, groups[host].values())), host))
        return [
            {
                "host": host,
                "roles": {role: self._months(found) for role, found in sorted(groups[host].items())},
            }
            for host in ranked
        ]

    def _months(self, found: Iterable[Said]) -> dict[str, Any]:
        months: dict[str, list[Said]] = defaultdict(list)
        for said in found:
            months[said.month or ""].append(said)
        return self._cells(months)
