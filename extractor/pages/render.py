"""One HTML file from a template, our style sheets and scripts, and data that cannot leave its element."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

    from extractor.knowledge.kinds import Kinds

_FOLDER = Path(__file__).resolve().parent
_UNSAFE_IN_SCRIPT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"\s+content="([^"]*)"')
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def script_json(data: Any) -> str:
    r"""Writes data as JSON that may stand inside a ``<script>`` element.

    ``<``, ``>`` and ``&`` become ``\u003c`` and so on, hence neither ``</script>`` nor ``<!--`` can occur;
    U+2028 and U+2029 are escaped as well, and lone surrogates, which no UTF-8 file can hold.

    Args:
        data: JSON values; floats must be finite.

    Returns:
        The JSON text; ``json.loads`` gives the data back.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE_IN_SCRIPT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def page(
    template: str,
    *,
    title: str,
    data: Any,
    assets: Sequence[str],
    kinds: Kinds,
    libraries: Sequence[str] = (),
    later: Any = None,
    connect: bool = False,
    **values: Any,
) -> str:
    """Renders a page that needs nothing but itself.

    A content security policy in the page allows its scripts, by their hashes, and no request, or only some to
    where the page came from; so even markup that got past the escaping could neither run nor call home.

    Args:
        template: File name in ``templates/``.
        title: Title of the page, shown and in the window.
        data: What the scripts read, as JSON values.
        assets: Names in ``assets/``, without suffix: of each its .css and .js if they exist, in this order.
        kinds: The kinds of claims, for their colours.
        libraries: Scripts of others that run before ours, each as its text.
        later: What the scripts read only when it is asked for, as JSON values: it stands behind them.
        connect: Whether its scripts may ask the server that the page came from.
        **values: What the template uses besides.

    Returns:
        The HTML, which can be written as UTF-8 whatever the input held.
    """
    from markupsafe import Markup

    style = "\n".join([*(_asset(f"{name}.css") for name in assets), kind_colors(kinds)])
    script = '(() => {\n"use strict";\n' + "\n".join(_asset(f"{name}.js") for name in assets) + "})();\n"
    html = (
        _environment()
        .get_template(template)
        .render(
            title=title,
            style=Markup(style),  # our own files, not input
            scripts=[Markup(text) for text in (*libraries, script)],
            policy=Markup(_policy([*libraries, script], connect=connect)),
            data=Markup(script_json(data)),  # escaped by script_json
            later=None if later is None else Markup(script_json(later)),
            **values,
        )
    )
    return _LONE_SURROGATE.sub("\ufffd", html)


def _policy(scripts: Sequence[str], *, connect: bool) -> str:
    allowed = "".join(f" 'sha256-{_digest(script)}'" for script in scripts)
    parts = ["default-src 'none'", f"script-src{allowed}", "style-src 'unsafe-inline'", "img-src data:"]
    parts += ["connect-src 'self'"] if connect else []
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


def page_policy(html: str) -> str:
    """Returns the policy that a page of ours states, for the server that sends it to say so too."""
    found = _POLICY.search(html)
    if found is None:
        message = "the page states no policy"
        raise ValueError(message)
    return " ".join(found[1].split())


def _digest(script: str) -> str:
    """Returns what the policy of a page knows a script by.

    Raises:
        ValueError: The script would end its own element.
    """
    if "</script" in script.lower() or "<!--" in script:
        message = "a script of a page must not hold the end of its element"
        raise ValueError(message)
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def kind_colors(kinds: Kinds) -> str:
    """Writes the style sheet that gives each kind its colour; of the files of kinds, which are checked."""
    light, dark = (
        "\n".join(f"[data-kind={spec.name}] {{ --hue: {spec.color[shade]}; }}" for spec in kinds.specs)
        for shade in (0, 1)
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


@cache
def _asset(name: str) -> str:
    path = _FOLDER / "assets" / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
