"""The factories that spaCy finds by an entry point, and a pipeline of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language

from extractor.knowledge.kinds import LINKS
from extractor.spacy_.codec import to_extraction
from extractor.spacy_.components import ClaimsComponent, LinksComponent, ThingsComponent, ValuesComponent
from extractor.spacy_.names import NameReader
from extractor.spacy_.sources import EngineSource, RulesSetting
from extractor.spacy_.tokenizer import NAME as TOKENIZER
from extractor.spacy_.tokenizer import EngineTokenizer

__all__ = ["ClaimsComponent", "load", "to_extraction"]

_LINKED = [f"span._.{name}" for name in LINKS]
_RECORDED = ["doc.spans", "doc._.claims", "span._.claim", *_LINKED]
_SCORER = {"@scorers": "paperclaims.claims_scorer.v1"}
_TIERS = ("exact", "detect", "record", "linked")
_SCORES = {f"claims_{tier}_{mark}": None for tier in _TIERS for mark in "prf"} | {"claims_per_kind": None}
_WEIGHTS: dict[str, float | None] = {**_SCORES, "claims_record_f": 1.0}
_CLAIMS = {"rules": [], "kinds": [], "spans_key": "claims", "scorer": _SCORER}
_NAMES: dict[str, Any] = {"ents": False, "names_from": [], "names_as": {}}


@Language.factory(
    "claims",
    default_config=_CLAIMS | _NAMES,
    assigns=_RECORDED,
    default_score_weights=_WEIGHTS,
)
def create_claims(  # noqa: PLR0917 - spaCy gives all by name
    nlp: Language,
    name: str,
    rules: RulesSetting,
    kinds: Sequence[str],
    spans_key: str,
    ents: bool,
    names_from: Sequence[str],
    names_as: Mapping[str, str],
    scorer: Callable[..., Any] | None,
) -> ClaimsComponent:
    """Makes the component that does all for `spacy.language.Language.add_pipe`.

    Args:
        nlp: The pipeline.
        name: Name of the component in it.
        rules: A file or folder with a user's own rules, or several, laid over the built-in ones.
        kinds: The kinds of claims that are wanted; all if none are named.
        spans_key: Key of ``doc.spans`` under which the claims are put.
        ents: Whether named things become entities too, where they overlap none.
        names_from: Where other components have set names: ``ents``, ``spans.KEY``.
        names_as: What the names of a label are: a kind of thing, or ``subject``.
        scorer: Scores examples for ``nlp.evaluate``.
    """
    source, shared = _source(nlp, rules)
    names = NameReader(names_from, names_as)
    return ClaimsComponent(
        name, source, names, shared=shared, kinds=kinds, spans_key=spans_key, ents=ents, scorer=scorer
    )


@Language.factory("claim_things", default_config={"rules": [], **_NAMES}, assigns=["doc.spans"])
def create_things(  # noqa: PLR0917 - spaCy gives all by name
    nlp: Language,
    name: str,
    rules: RulesSetting,
    ents: bool,
    names_from: Sequence[str],
    names_as: Mapping[str, str],
) -> ThingsComponent:
    """Makes the component that finds named things; see `create_claims`."""
    source, shared = _source(nlp, rules)
    return ThingsComponent(name, source, NameReader(names_from, names_as), shared=shared, ents=ents)


@Language.factory("claim_values", default_config={"rules": []}, requires=["doc.spans"], assigns=["doc.spans"])
def create_values(nlp: Language, name: str, rules: RulesSetting) -> ValuesComponent:
    """Makes the component that finds values; see `create_claims`."""
    source, shared = _source(nlp, rules)
    return ValuesComponent(name, source, shared=shared)


@Language.factory("claim_links", default_config={"rules": []}, requires=["doc.spans"], assigns=_LINKED)
def create_links(nlp: Language, name: str, rules: RulesSetting) -> LinksComponent:
    """Makes the component that links values; see `create_claims`."""
    source, shared = _source(nlp, rules)
    return LinksComponent(name, source, shared=shared)


@Language.factory(
    "claim_records",
    default_config=_CLAIMS,
    requires=["doc.spans", *_LINKED],
    assigns=_RECORDED[:3],
    default_score_weights=_WEIGHTS,
)
def create_records(  # noqa: PLR0917 - spaCy gives all by name
    nlp: Language,
    name: str,
    rules: RulesSetting,
    kinds: Sequence[str],
    spans_key: str,
    scorer: Callable[..., Any] | None,
) -> ClaimsComponent:
    """Makes the component that makes claims of linked values and things; see `create_claims`."""
    source, shared = _source(nlp, rules)
    return ClaimsComponent(name, source, shared=shared, kinds=kinds, spans_key=spans_key, scorer=scorer)


def _source(nlp: Language, rules: RulesSetting) -> tuple[EngineSource, bool]:
    """Returns where a component has its engine from, and whether that is the tokenizer."""
    if not rules and isinstance(nlp.tokenizer, EngineTokenizer):
        return nlp.tokenizer.source, True
    return EngineSource(rules), False


def load(
    *,
    rules: RulesSetting = (),
    kinds: Sequence[str] = (),
    ents: bool = False,
    names_from: Sequence[str] = (),
    names_as: Mapping[str, str] | None = None,
) -> Language:
    """Returns a spaCy pipeline: a tokenizer of the engine's tokens, then things, values, links and claims.

    Args:
        rules: A file or folder with rules of the user's own, or several, laid over the built-in ones.
        kinds: The kinds of claims that are wanted; all if none are named.
        ents: Whether named things become entities too.
        names_from: Where components that stand before ours set names: ``ents``, ``spans.KEY``.
        names_as: What the names of a label are: a kind of thing, or ``subject``.

    Raises:
        RuleError: The rules cannot be loaded.
        InputError: A kind is none.
    """
    import spacy

    several = [rules] if isinstance(rules, (str, Path)) else rules
    tokenizer = {"@tokenizers": TOKENIZER, "rules": [str(path) for path in several]}
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": tokenizer}})
    names = {"ents": ents, "names_from": list(names_from), "names_as": dict(names_as or {})}
    nlp.add_pipe("claim_things", name="things", config=names)
    nlp.add_pipe("claim_values", name="values")
    nlp.add_pipe("claim_links", name="links")
    claims = nlp.add_pipe("claim_records", name="claims", config={"kinds": list(kinds)})
    if several:
        _ = claims.source.engine  # type: ignore[attr-defined]  # a wrong rule is told at once
    if kinds:
        claims.check()  # type: ignore[attr-defined]
    return nlp
