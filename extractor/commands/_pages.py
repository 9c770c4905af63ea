"""What the commands that write a page of results share: options, reading the results, writing the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[Path, typer.Option("--output", "-o", metavar="PAGE.html", help="The page to write.")]
Title = Annotated[str | None, typer.Option(help="Heading of the page; else the name of the input.")]


def write_page(
    make: Callable[..., str],
    source: Path,
    output: Path,
    *,
    title: str | None,
    rules: Sequence[Path] | None,
    whole: bool = False,
) -> None:
    """Reads what a run wrote, writes a page of it, and says what is in it.

    Args:
        make: Makes the page of documents, title and kinds.
        source: The results.
        output: The page.
        title: Its heading; else the name of the input.
        rules: Files with kinds of the user's own.
        whole: Whether papers without claims count too; such a page is large, and how large is said.
    """
    from extractor.commands._console import counted, say, write_file
    from extractor.outputs import keep_inputs, keep_no_pages
    from extractor.pages import read_documents
    from extractor.rulelang.ruleset import kinds_of_rules

    keep_inputs([source], [output])
    keep_no_pages(output)
    kinds = kinds_of_rules(rules or ())
    documents = read_documents(source, kinds=kinds, without_claims=whole)
    html = make(documents, title=title or source.name, kinds=kinds)
    write_file(output, html)
    claims = sum(len(document.claims) for document in documents)
    size = f", {len(html) / 1e6:.1f} MB" if whole else ""
    say(f"{output}: {counted(claims, 'claim')} in {counted(len(documents), 'paper')}{size}", err=True)
    if documents and all(document.abstract is None for document in documents):
        say("the table holds no abstracts; run with --papers to see the claims in them", err=True)
