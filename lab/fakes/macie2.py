"""Fakes Macie's UpdateMacieSession, and what GetMacieSession says where Macie is not enabled."""

from __future__ import annotations

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.macie2.responses import MacieResponse

Responses: Any = MacieResponse
_moto_get = Responses.get_macie_session


class NotEnabled(JsonRESTError):
    """Macie has no error code of its own for this."""

    code = 403

    def __init__(self) -> None:
        super().__init__("AccessDeniedException", "Macie is not enabled")


def apply() -> None:
    """Add the calls to this process's moto; once more does no harm."""
    Responses.get_macie_session = _get
    Responses.update_macie_session = _update


def _get(response: Any) -> Any:
    if not response.macie_backend.macie_session:
        raise NotEnabled
    return _moto_get(response)


def _update(response: Any) -> str:
    session = response.macie_backend.macie_session
    if not session:
        raise NotEnabled
    asked = {name: response._get_param(name) for name in ("findingPublishingFrequency", "status")}
    session.update({name: value for name, value in asked.items() if value})
    return json.dumps({})
