"""The remediations of `lambda`, for rules to import: Python takes that folder's name for a word of its own."""

from __future__ import annotations

from importlib import import_module

from chalicelib.model import Remediation

remove_public_access: Remediation = import_module("remediations.lambda.remove_public_access").remediation
stop_function: Remediation = import_module("remediations.lambda.stop_function").remediation
