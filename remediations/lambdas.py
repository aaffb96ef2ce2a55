"""The remediations of `lambda`, for rules to import: Python takes that folder's name for a word of its own."""

from __future__ import annotations

from importlib import import_module

from chalicelib.model import Remediation


def __getattr__(name: str) -> Remediation:
    """Return the remediation of a file of that folder, by the file's name."""
    try:
        found: Remediation = import_module(f"remediations.lambda.{name}").remediation
    except ModuleNotFoundError as error:
        raise AttributeError(f"remediations.lambda has no {name}") from error
    return found
