"""stub"""
from typing import Any
def report_html(evaluation: Any) -> str:
    raise NotImplementedError
