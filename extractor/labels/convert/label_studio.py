"""Label Studio: JSON tasks with labelled regions, attributes of each region, and relations between mentions.

The configuration that shows them is written beside the file. Offsets count characters, as they do here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from extractor.errors import GoldError
from extractor.knowledge.kinds import AttributeSpec, Kinds
from extractor.labels.convert.regions import (
    MENTION,
    PLACES,
    Link,
    Marked,
    Place,
    Region,
    assemble,
    mark,
    named,
    read_text,
    write_text,
)
from extractor.labels.goldfile import dump_json
from extractor.record.schema import Extraction

_LABEL = "kind"


def write(path: Path, extractions: Iterable[Extraction], kinds: Kinds) -> None:
    """Writes the tasks, and beside them the configuration of the project as ``.config.xml``."""
    write_text(path, dump_json([_task(each, kinds) for each in named(extractions)], indent=1) + "\n")
    write_text(path.with_suffix(".config.xml"), label_config(kinds))


def _task(extraction: Extraction, kinds: Kinds) -> dict[str, Any]:
    result = [item for claim in mark(extraction) for item in _items(claim, extraction.abstract, kinds)]
    return {
        "data": {"text": extraction.abstract, "paper_id": extraction.id, "title": extraction.title},
        "annotations": [{"result": result}],
    }


def _items(claim: Marked, abstract: str, kinds: Kinds) -> Iterator[dict[str, Any]]:
    """The regions of a claim, its attributes and the links to its further mentions."""
    for region in (claim.region, *claim.mentions):
        value = {"start": region.start, "end": region.end, "text": abstract[region.start : region.end]}
        yield _item(region.key, _LABEL, "labels", {**value, "labels": [region.kind]})
    place = {"start": claim.region.start, "end": claim.region.end}
    known = kinds[claim.region.kind].by_name
    for name, value in claim.attributes.items():
        control = f"{claim.region.kind}_{name}"
        if name in known and known[name].type == "choice":
            yield _item(claim.region.key, control, "choices", {**place, "choices": [value]})
        elif name in known and known[name].is_number:
            yield _item(claim.region.key, control, "number", {**place, "number": value})
        else:
            yield _item(claim.region.key, control, "textarea", {**place, "text": [value]})
    for mention in claim.mentions:
        ends = {"from_id": claim.region.key, "to_id": mention.key}
        yield {"type": "relation", "direction": "right", "labels": [MENTION], **ends}


def _item(key: str, control: str, type_: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": key, "from_name": control, "to_name": "text", "type": type_, "value": value}


def label_config(kinds: Kinds) -> str:
    """Writes the labelling configuration: the kinds, and for each kind the controls of its attributes."""
    view = ElementTree.Element("View")
    ElementTree.SubElement(
        view, "Style"
    ).text = ".htx-text{ white-space: pre-wrap; }"  # else blanks are trimmed
    ElementTree.SubElement(view, "Header", value="$title")
    labels = ElementTree.SubElement(view, "Labels", name=_LABEL, toName="text")
    for kind in kinds:
        ElementTree.SubElement(labels, "Label", value=kind)
    ElementTree.SubElement(view, "Text", name="text", value="$text")
    relations = ElementTree.SubElement(view, "Relations")
    ElementTree.SubElement(relations, "Relation", value=MENTION)
    for spec in kinds.specs:
        block = ElementTree.SubElement(
            view, "View", visibleWhen="region-selected", whenTagName=_LABEL, whenLabelValue=spec.name
        )
        for attribute in (*kinds.common, *spec.attributes):
            if attribute.name not in PLACES:
                _control(block, spec.name, attribute)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _control(block: ElementTree.Element, kind: str, attribute: AttributeSpec) -> None:
    common = {"name": f"{kind}_{attribute.name}", "toName": "text", "perRegion": "true"}
    ElementTree.SubElement(block, "Header", value=attribute.name, size="6")
    if attribute.type == "choice":
        choices = ElementTree.SubElement(
            block, "Choices", {**common, "choice": "single", "showInline": "true"}
        )
        for word in attribute.values:
            ElementTree.SubElement(choices, "Choice", value=word)
    elif attribute.is_number:
        ElementTree.SubElement(block, "Number", common)
    else:
        ElementTree.SubElement(block, "TextArea", {**common, "maxSubmissions": "1"})


def read(path: Path, kinds: Kinds) -> Sequence[Extraction]:
    """Reads Label Studio's JSON export; of several annotations the last that was not cancelled counts.

    Raises:
        InputError: The file cannot be read.
        GoldError: It is not Label Studio's JSON, or a claim is not valid; the row is the number of the task.
    """
    try:
        tasks = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        message = f"is no JSON ({error}); choose the JSON export, not JSON-MIN"
        raise GoldError(message, file=str(path)) from error
    if not isinstance(tasks, list):
        message = "is no list of tasks; choose the JSON export, not JSON-MIN"
        raise GoldError(message, file=str(path))
    found = []
    for row, task in enumerate(tasks, 1):
        try:
            found.append(_extraction(task, Place(path, row), kinds))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration) as error:
            message = f"is no task of Label Studio's JSON export ({error!r})"
            raise GoldError(message, file=str(path), row=row) from error
    return found


def _extraction(task: dict[str, Any], place: Place, kinds: Kinds) -> Extraction:
    data = task["data"]
    done = [each for each in task.get("annotations", ()) if not each.get("was_cancelled")]
    items: list[dict[str, Any]] = done[-1]["result"] if done else []
    regions, links = [], []
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        if item["type"] == "relation":
            if MENTION in item.get("labels", ()):
                links.append(Link(item["from_id"], item["to_id"]))
        elif item["type"] == "labels":
            value = item["value"]
            regions.append(Region(item["id"], value["labels"][0], int(value["start"]), int(value["end"])))
        else:
            name = _attribute_of(item["from_name"], kinds)
            found.setdefault(item["id"], {})[name] = _value(item)
    id_ = data.get("paper_id", task.get("id"))
    paper = {"id": None if id_ is None else str(id_), "title": data.get("title"), "abstract": data["text"]}
    return assemble(paper, regions, links, found, place, kinds=kinds)


def _attribute_of(control: str, kinds: Kinds) -> str:
    """Takes the kind off the name of a control; both can have a low line in them."""
    kind = next(kind for kind in sorted(kinds, key=len, reverse=True) if control.startswith(f"{kind}_"))
    return control.removeprefix(f"{kind}_")


def _value(item: dict[str, Any]) -> Any:
    value = item["value"]
    if item["type"] == "number":
        return value["number"]
    words = value["choices"] if item["type"] == "choices" else value["text"]
    return words[0] if isinstance(words, list) else words
