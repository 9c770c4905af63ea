"""Makes the pages of the site that are not written by hand, as a hook of mkdocs: see mkdocs.yml.

Nothing of it stands in the repository: what a page says of commands, records and rules is what they are when
the site is built.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from links import repointed  # noqa: E402  # beside this file, which mkdocs loads by its path

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from extractor.knowledge.kinds import KindSpec

# Pages of the repository that are pages of the site too.
INCLUDED = {
    "rules.md": "rules/README.md",
    "guidelines.md": "gold/GUIDELINES.md",
    "guidelines-changes.md": "gold/CHANGES.md",
    "datasheet.md": "gold/DATASHEET.md",
    "contributing.md": "CONTRIBUTING.md",
    "changes.md": "CHANGELOG.md",
}
_PAGES = {path: page for page, path in INCLUDED.items()} | {
    "README.md": "index.md",
    "docs/schemas": "schemas/index.md",
}
_EXAMPLE = "LumoNet is up to 2.3x faster than TessaNet on an A100 and reaches 91.2% accuracy on ImageNet."
_TIERS = {
    "exact": "every tier",
    "record": "record, linked",
    "linked": "linked",
    "reported": "none: its accuracy is told",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made."""
    from mkdocs.structure.files import File

    for name, text in made().items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Points the links of a page of the repository to the pages of the site."""
    name = page.file.src_uri
    folder = posixpath.dirname(INCLUDED.get(name, f"docs/{name}"))
    address = (config.repo_url or "").rstrip("/")

    def where(target: str, _image: bool) -> str | None:
        path, _, place = target.partition("#")
        path = posixpath.normpath(posixpath.join(folder, path))
        if path in _PAGES or path.startswith("docs/"):
            to = posixpath.relpath(
                _PAGES.get(path, path.removeprefix("docs/")), posixpath.dirname(name) or "."
            )
            return f"{to}#{place}" if place else to
        return f"{address}/blob/HEAD/{path}" if address else None

    return repointed(markdown, where)


def made() -> dict[str, str]:
    """Returns the pages that are made, by their names."""
    pages = {name: (ROOT / path).read_text(encoding="utf-8") for name, path in INCLUDED.items()}
    return pages | {
        "record.md": record_page(),
        "commands.md": commands_page(),
        "api.md": api_page(),
        "schemas/index.md": schemas_page(),
    }


def commands_page() -> str:
    """Returns the page of the command line, made of the help of each command."""
    import typer
    import typer.main
    from typer.cli import get_docs_for_click

    from extractor.cli import build_app

    command = typer.main.get_command(build_app())
    context = typer.Context(command, info_name="extractor")
    text = get_docs_for_click(obj=command, ctx=context, name="extractor")
    _, _, commands = text.partition("\n## ")
    return (
        "# The command line\n\n"
        "Every command, its arguments and its options, as `extractor COMMAND --help` tells them. The "
        "exit code is 0 for success, 1 for an error of the input or a check that failed, 2 for wrong usage, "
        f"128 and its number for a signal.\n\n## {commands}"
    )


def record_page() -> str:
    """Returns the page of the record, made of its models and the files of the kinds."""
    import extractor
    from extractor.knowledge.kindfiles import builtin_kinds
    from extractor.record.schema import CLAIM_MODELS

    schema = extractor.json_schema()
    kinds = builtin_kinds()
    record = extractor.parse(_EXAMPLE, id="example").model_dump_json(indent=2)
    parts = [
        "# The record",
        "What `extractor.parse` returns, a line of `--table records` and of a file of labels holds: an "
        f"abstract with its claims. This is version {extractor.Extraction.version} of its shape; "
        "`extractor.json_schema()` is the JSON Schema that this page is made of. "
        "What a text does not tell is null. "
        "[The guidelines](guidelines.md) say what counts as a claim and which words an attribute takes; "
        "[the API](api.md) lists the classes.",
        "## The abstract",
        _table(("field", "type"), _fields_of(schema)),
        "## What every claim has",
        "`abstract[start:end] == text`, always.",
        _table(("field", "type", "meaning"), _attributes(schema, "Speedup", [a.name for a in kinds.common])),
        "## The kinds",
        "A field in bold is never null. *Asked for by* says in which [tier of an evaluation](evaluation.md) "
        "a claim is wrong if the field is. What follows from the record is written, and passed over when it "
        "is read.",
    ]
    for spec in kinds.specs:
        parts += [f"### {spec.name}", spec.about, _kind_table(schema, spec, CLAIM_MODELS[spec.name].__name__)]
    parts += ["## An example", f"> {_EXAMPLE}", f"```json\n{record}\n```"]
    return "\n\n".join(parts) + "\n"


def _kind_table(schema: dict[str, Any], spec: KindSpec, model: str) -> str:
    tiers = {each.name: _TIERS[each.tier] if each.gold else "no label has it" for each in spec.attributes}
    tiers |= dict.fromkeys(spec.derived, "follows from the record")
    rows = _attributes(schema, model, [*tiers])
    asked = [(field, type_, meaning, tiers[field.strip("*`")]) for field, type_, meaning in rows]
    return _table(("field", "type", "meaning", "asked for by"), asked)


def _fields_of(schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, part in schema["properties"].items():
        is_claims = name == "claims"
        yield f"`{name}`", "list of claims, in the order of the text" if is_claims else _type_of(part)


def _attributes(schema: dict[str, Any], model: str, names: list[str]) -> Iterator[tuple[str, str, str]]:
    definition = schema["$defs"][model]
    for name in names:
        part = definition["properties"][name]
        field = f"**`{name}`**" if name in definition.get("required", ()) else f"`{name}`"
        yield field, _type_of(part), " ".join(part.get("description", "").split())


def _type_of(part: dict[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    if "anyOf" in part:
        return ", ".join(_type_of(each) for each in part["anyOf"] if each.get("type") != "null")
    if part.get("type") == "array":
        return "list of `text`, `start`, `end`"
    return {"string": "text", "integer": "integer", "number": "number"}[part["type"]]


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def api_page() -> str:
    """Returns the page of the API: what `extractor` exports, with the docstrings."""
    import extractor
    from extractor.record.schema import CLAIM_MODELS

    models = {model.__name__ for model in CLAIM_MODELS.values()} | {"Extraction", "Mention"}
    names = [name for name in extractor.__all__ if name not in ("Claim", "__version__")]
    groups = {
        "Functions": [name for name in names if name[0].islower()],
        "For those who call often": ["Extractor"],
        "Records": ["Extraction", *sorted(models - {"Extraction"})],
        "Errors": [name for name in names if name.endswith("Error")],
    }
    missing = set(names) - {name for group in groups.values() for name in group}
    if missing:
        message = f"no group of the API has {', '.join(sorted(missing))}: see scripts/docs.py"
        raise ValueError(message)
    parts = ["# The API", "All that `import extractor` gives. What is in no group here is not meant for use."]
    for heading, group in groups.items():
        parts += [
            f"## {heading}",
            *(f"::: extractor.{name}\n    options:\n      heading_level: 3" for name in group),
        ]
    return "\n\n".join(parts) + "\n"


def schemas_page() -> str:
    """Returns the page of the JSON Schemas of rule files."""
    rows = []
    for path in sorted((ROOT / "docs" / "schemas").glob("*.json")):
        title = json.loads(path.read_text(encoding="utf-8")).get("title", "")
        rows.append((f"[{path.name}]({path.name})", re.sub(r"\s+", " ", title)))
    return "\n\n".join(
        (
            "# Schemas of rule files",
            "A JSON Schema of each type of file, for editors that complete keys and mark what is wrong; "
            "`any.schema.json` is for a folder with all types. [A kind of your own](../own-kinds.md) says "
            "how to name them to an editor, `extractor rules schemas FOLDER --rules own` writes them with "
            "your kinds.",
            _table(("file", "what it is for"), rows) + "\n",
        )
    )
