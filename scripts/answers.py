"""Prompts for a language model, and its answers as predictions: no model is called here.

    python scripts/answers.py prompts gold/dev.jsonl -o prompts.jsonl      # {"id", "prompt"} a line
    python scripts/answers.py schema                                       # JSON Schema of an answer
    python scripts/answers.py place gold/dev.jsonl answers.jsonl -o predictions.jsonl
    extractor evaluate gold/dev.jsonl --predictions predictions.jsonl
    python scripts/compare.py --answers "some model"=answers.jsonl

A line of answers is {"id", "claims"} or {"id", "answer"}, where the answer is the model's text with the JSON
somewhere in it. Models count characters badly, so claims come without offsets: the first claim with some
text is at its first place in the abstract, the second at the second. What stands nowhere in the abstract, or
breaks the schema, is left out of the predictions and counted; in compare.py it is a value that is wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ending import run

from extractor.errors import InputError
from extractor.knowledge.kindfiles import builtin_kinds
from extractor.labels.gold import json_lines, load_gold
from extractor.labels.goldcheck import check
from extractor.labels.goldfile import dump_json, to_line
from extractor.record.schema import VALUE_KINDS, Extraction

PROMPT = Path(__file__).with_name("prompt.md")
_JSON_TYPES = {"number": "number", "integer": "integer"}


class Placed(NamedTuple):
    """What a model answered to one abstract.

    Attributes:
        values_lost: Value claims of its answer that are not in the extraction.
        things_lost: Other claims that are not.
    """

    extraction: Extraction
    values_lost: int
    things_lost: int


def prompt_of(abstract: str) -> str:
    """Returns the prompt for an abstract."""
    text = PROMPT.read_text("utf-8")
    schema = json.dumps(answer_schema(), ensure_ascii=False)
    return text.replace("{{schema}}", schema).replace("{{abstract}}", abstract)


def answer_schema() -> dict[str, Any]:
    """Returns the JSON Schema of an answer: our record without offsets, mentions as texts."""
    kinds = builtin_kinds()
    claims = [_claim_schema(spec) for spec in kinds.specs]
    return {
        "type": "object",
        "properties": {"claims": {"type": "array", "items": {"anyOf": claims}}},
        "required": ["claims"],
    }


def _claim_schema(spec: Any) -> dict[str, Any]:
    properties: dict[str, Any] = {"kind": {"const": spec.name}, "text": {"type": "string"}}
    for each in spec.attributes:
        if not each.gold:
            continue
        if each.type == "mentions":
            properties[each.name] = {"type": "array", "items": {"type": "string"}}
        elif each.type == "choice":
            properties[each.name] = {"enum": [*each.values, *([] if each.required else [None])]}
        else:
            json_type = _JSON_TYPES.get(each.type, "string")
            properties[each.name] = {"type": json_type if each.required else [json_type, "null"]}
    required = ["kind", "text", *(each.name for each in spec.attributes if each.required and each.gold)]
    return {"type": "object", "properties": properties, "required": required}


def read_answers(path: Path, gold: Sequence[Extraction]) -> list[Placed]:
    """Reads the answers to abstracts, in the order of these.

    Raises:
        InputError: An abstract has no answer, or a line is none.
    """
    problems: list[Any] = []
    answers = {str(record.get("id")): record for _, record in json_lines(path, problems)}
    missing = [str(each.id) for each in gold if each.id not in answers]
    if problems or missing:
        lacking = f"no answer to {len(missing)} of {len(gold)} abstracts: {', '.join(missing[:5])}"
        raise InputError(problems[0].message if problems else lacking, file=str(path))
    return [place(each, _claims_of(answers[str(each.id)])) for each in gold]


def _claims_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the claims of a line; none where the text of an answer holds no JSON."""
    found = record.get("claims")
    if found is None:
        text = str(record.get("answer") or "")
        whole = re.search(r"[\[{].*[\]}]", text, re.DOTALL)
        try:
            answer = json.loads(whole[0]) if whole else []
        except ValueError:
            answer = []
        found = answer.get("claims") if isinstance(answer, dict) else answer
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def place(paper: Extraction, claims: Sequence[dict[str, Any]]) -> Placed:
    """Gives the claims of an answer their places in the abstract."""
    used: Counter[str] = Counter()
    kept: list[Any] = []
    lost = Counter[bool]()
    for raw in claims:
        claim = _placed(raw, paper.abstract, used)
        record = {"id": paper.id or "", "abstract": paper.abstract, "claims": [claim]}
        extraction = check(record, gold=False)[0] if claim else None
        if extraction is None:
            lost[raw.get("kind") in VALUE_KINDS] += 1
        else:
            kept += extraction.claims
    kept.sort(key=lambda each: (each.start, each.end))
    whole = Extraction(id=paper.id, title=paper.title, abstract=paper.abstract, claims=tuple(kept))
    return Placed(whole, lost[True], lost[False])


def _placed(raw: dict[str, Any], abstract: str, used: Counter[str]) -> dict[str, Any] | None:
    text = raw.get("text")
    spec = builtin_kinds().get(str(raw.get("kind")))
    places = list(_places(abstract, text)) if isinstance(text, str) and text else []
    if spec is None or not places:
        return None
    known = {each.name for each in spec.attributes if each.gold}
    claim = {name: value for name, value in raw.items() if name in known and value is not None}
    if "mentions" not in known:
        span = places[min(used[str(text)], len(places) - 1)]
        used[str(text)] += 1
        return {"kind": spec.name, **claim, **_span(abstract, *span)}
    given = raw.get("mentions")
    more = [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
    found = {span for name in (str(text), *more) for span in _places(abstract, name)}
    spans = sorted(found, key=lambda span: (span[0], -span[1]))
    mentions = [_span(abstract, *span) for span in _apart(spans)]
    return {"kind": spec.name, "name": text, **claim, **mentions[0], "mentions": mentions}


def _places(abstract: str, text: str) -> Iterator[tuple[int, int]]:
    """Yields where a text stands, as words of its own, with whatever white space between them."""
    words = r"\s{1,20}".join(map(re.escape, text.split()))
    if words:
        yield from (found.span() for found in re.finditer(rf"(?<!\w){words}(?!\w)", abstract))


def _apart(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yields the spans that begin behind the one before."""
    behind = 0
    for start, end in spans:
        if start >= behind:
            behind = end
            yield start, end


def _span(abstract: str, start: int, end: int) -> dict[str, Any]:
    return {"text": abstract[start:end], "start": start, "end": end}


def main(arguments: list[str] | None = None) -> int:
    """Writes prompts, the schema of answers, or predictions."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("what", choices=["prompts", "schema", "place"])
    options.add_argument("files", nargs="*", type=Path, help="gold; for place also the answers")
    options.add_argument("-o", "--out", type=Path, help="file to write; without it, standard output")
    given = options.parse_args(arguments)
    if len(given.files) != {"schema": 0, "prompts": 1, "place": 2}[given.what]:
        options.error("schema takes no file, prompts takes gold, place takes gold and answers")
    if given.what == "schema":
        lines = [json.dumps(answer_schema(), indent=1)]
    elif given.what == "prompts":
        gold = load_gold(given.files)
        lines = [dump_json({"id": each.id, "prompt": prompt_of(each.abstract)}) for each in gold]
    else:
        placed = read_answers(given.files[1], load_gold(given.files[:1]))
        lost = sum(each.values_lost + each.things_lost for each in placed)
        print(f"{lost} claims stand nowhere in their abstract, or break the schema", file=sys.stderr)
        lines = [to_line(each.extraction) for each in placed]
    text = "".join(f"{line}\n" for line in lines)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    run(main)
