"""The exceptions a user can meet, on one screen; and how words of others are made safe to tell."""

from __future__ import annotations

import re

# What steers a terminal or turns the direction of what follows; line ends and tabs are left.
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class ExtractorError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(ExtractorError):
    """An input could not be read: a file, a row or a value is not what was expected.

    Args:
        message: What was wrong and what to do.
        file: Path of the input, if there is one.
        row: Line or row number in it, from 1, if known.
    """

    def __init__(self, message: str, *, file: str | None = None, row: int | None = None) -> None:
        self.message, self.file, self.row = message, file, row
        super().__init__(_located(message, file, row))


class RuleError(ExtractorError):
    """One or more rules could not be loaded; ``problems`` lists every one of them.

    Args:
        problems: Each problem with its place; raised together, so that one run shows them all.
    """

    def __init__(self, problems: list[RuleProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class RuleProblem:
    """What is wrong with one place of a rules file.

    Args:
        message: What was wrong and what to do.
        file: Path of the rules file.
        line: Line in it, from 1.
        rule: Id of the rule, if the place belongs to one.
    """

    __slots__ = ("file", "line", "message", "rule")

    def __init__(self, message: str, *, file: str, line: int | None = None, rule: str | None = None) -> None:
        self.message, self.file, self.line, self.rule = message, file, line, rule

    def __str__(self) -> str:
        rule = f"rule {self.rule}: " if self.rule else ""
        return _located(rule + self.message, self.file, self.line)


class GoldError(InputError):
    """A labelled abstract breaks the contract of the record (offsets, attributes, ids)."""


def cause(error: Exception) -> str:
    """Says in a few words why a file could not be read, without its name and the number of the error."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return (isinstance(error, OSError) and error.strerror) or str(error)


def visible(text: str) -> str:
    """Writes control characters as escapes, so that nobody's text or file name steers the terminal."""
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


def one_line(text: str) -> str:
    """Does the same with line ends and tabs, so that no name of a file looks like a message of its own."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _located(message: str, file: str | None, line: int | None) -> str:
    message = visible(message)
    if file is None:
        return message
    file = one_line(file)
    return f"{file}:{line}: {message}" if line is not None else f"{file}: {message}"
