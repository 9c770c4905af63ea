"""The spaCy face: the component ``claims``, which spaCy finds by an entry point, and a pipeline of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

if TYPE_CHECKING:
    from extractor.engine import Engine
    from extractor.knowledge.kinds import Kinds
    from extractor.record.schema import Extraction
    from extractor.rulelang.ruleset import RuleFile

SPANS_KEY = "claims"
EXTENSION = "claims"  # doc._.claims: the plain records
_FILE = "rules.json"


@Language.factory(
    "claims",
    default_config={"rules": [], "spans_key": SPANS_KEY},
    assigns=["doc.spans", f"doc._.{EXTENSION}"],
)
def create_claims(
    nlp: Language, name: str, rules: str | Path | Sequence[str | Path], spans_key: str
) -> ClaimsComponent:
    """Makes the component for `spacy.language.Language.add_pipe`.

    Args:
        nlp: The pipeline.
        name: Name of the component in it.
        rules: A file or folder with rules, or several, laid over the built-in ones.
        spans_key: Key of ``doc.spans`` under which the claims are put.
    """
    del nlp
    return ClaimsComponent(name, rules=rules, spans_key=spans_key)


class ClaimsComponent:
    """Finds the claims of a document.

    ``doc.spans[spans_key]`` holds one span for each claim: its kind is the label, its rule the id. A span
    has whole tokens; the exact offsets are in ``doc._.claims``, the records as plain dictionaries. Both
    survive a ``DocBin(store_user_data=True)``. The rules are loaded with the first document.

    Args:
        name: Name of the component.
        rules: A file or folder with rules, or several, laid over the built-in ones. They are read when
            they are first needed, and go along when the pipeline is saved.
        spans_key: Key of ``doc.spans``.
    """

    def __init__(
        self,
        name: str = "claims",
        *,
        rules: str | Path | Sequence[str | Path] = (),
        spans_key: str = SPANS_KEY,
    ) -> None:
        self.name = name
        self.spans_key = spans_key
        self._paths = rules
        self._files: tuple[RuleFile, ...] | None = None
        self._engine: Engine | None = None
        if not Doc.has_extension(EXTENSION):
            Doc.set_extension(EXTENSION, default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Adds the claims to a document.

        Raises:
            RuleError: The rules of the user's own cannot be loaded; only with the first document.
        """
        extraction = self.engine.parse(doc.text)
        spans = SpanGroup(doc, name=self.spans_key)
        for claim in extraction.claims:
            kind, rule = claim.kind, claim.rule or ""
            span = doc.char_span(claim.start, claim.end, label=kind, span_id=rule, alignment_mode="expand")
            if span is not None:
                spans.append(span)
        doc.spans[self.spans_key] = spans
        doc._.set(EXTENSION, [claim.model_dump(mode="json") for claim in extraction.claims])
        return doc

    @property
    def engine(self) -> Engine:
        """The engine with the component's rules, made when it is first asked for."""
        if self._engine is None:
            from extractor.engine import engine_of

            self._engine = engine_of(self._rule_files())
        return self._engine

    def _rule_files(self) -> tuple[RuleFile, ...]:
        if self._files is None:
            from extractor.rulelang.ruleset import rule_files

            self._files = rule_files(self._paths)
        return self._files

    def __getstate__(self) -> dict[str, Any]:
        """Leaves the engine behind: another process makes its own."""
        return {**self.__dict__, "_engine": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if not Doc.has_extension(EXTENSION):
            Doc.set_extension(EXTENSION, default=None)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Returns the texts of the user's rules; called when the pipeline is saved."""
        del exclude
        files = [{"name": file.name, "text": file.text} for file in self._rule_files()]
        return json.dumps({"files": files}).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> ClaimsComponent:
        """Takes the rules of a saved component, in place of those of the configured paths."""
        from extractor.rulelang.ruleset import RuleFile

        del exclude
        saved: Any = json.loads(data)
        self._files = tuple(RuleFile(file["name"], file["text"]) for file in saved["files"])
        self._engine = None
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Writes the user's rules into a folder; called when the pipeline is saved."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _FILE).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> ClaimsComponent:
        """Reads what `to_disk` wrote."""
        return self.from_bytes((Path(path) / _FILE).read_bytes(), exclude=exclude)


def load(*, rules: str | Path | Sequence[str | Path] = ()) -> Language:
    """Returns a spaCy pipeline of a blank English tokenizer and the component ``claims``.

    Args:
        rules: A file or folder with rules of the user's own, or several, laid over the built-in ones.

    Raises:
        RuleError: The rules cannot be loaded.
    """
    import spacy

    nlp = spacy.blank("en")
    paths: list[str] = []
    if rules:
        several = [rules] if isinstance(rules, (str, Path)) else rules
        paths = [str(path) for path in several]
    component = nlp.add_pipe("claims", config={"rules": paths})
    if paths:
        _ = component.engine  # type: ignore[attr-defined]  # a wrong rule is told now, not with the first document
    return nlp


def to_extraction(
    doc: Doc, *, id: str | None = None, title: str | None = None, kinds: Kinds | None = None
) -> Extraction:
    """Makes the extraction of a document that the component has seen, also of one read from a ``DocBin``.

    Args:
        doc: The document.
        id: Kept in the extraction.
        title: Kept in the extraction.
        kinds: The kinds of claims; the built-in ones if none are given.

    Raises:
        InputError: The document holds no claims.
    """
    from extractor.errors import InputError
    from extractor.knowledge.kindfiles import builtin_kinds
    from extractor.record.models import extraction_model

    stored: dict[Any, Any] = doc.user_data  # asked directly: the extension may be unknown to this process
    records = stored.get(("._.", EXTENSION, None, None))
    if records is None:
        message = "the document holds no claims: run a pipeline with the component 'claims' on it, "
        message += "and store its user data (DocBin(store_user_data=True))"
        raise InputError(message)
    model = extraction_model(kinds or builtin_kinds())
    return model.model_validate({"id": id, "title": title, "abstract": doc.text, "claims": records})
