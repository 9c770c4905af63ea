"""The rule language: token patterns, word classes, rule files, compiled rule sets."""
