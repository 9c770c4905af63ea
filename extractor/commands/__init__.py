"""The commands of the console, one module for each group.

A command module exposes ``register(app: typer.Typer) -> None``, which :mod:`extractor.cli` calls for the
modules in its list. A command declares options, calls one pure function of the library that returns its
result, and prints that result, as a table for people and with ``--json`` as JSON. Nothing heavy (spaCy,
pandas, pydantic models, the engine) is imported at the top of a command module, only inside the commands:
``extractor --help`` loads every module. Errors of the library (``ExtractorError``) are not caught here:
:func:`extractor.cli.main` prints them.
"""
