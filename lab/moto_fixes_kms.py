"""Where moto's KMS differs from AWS in what remediations rely on: a key whose deletion is scheduled stays as it is.

KMS neither enables nor disables it until that is cancelled (KMS Developer Guide, "Key states of AWS KMS keys").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import KmsBackend

Backend: Any = KmsBackend  # typed as Any: what it holds is replaced

_moto_enable_key, _moto_disable_key = Backend.enable_key, Backend.disable_key


def apply() -> None:
    """Make this process's moto answer as AWS does; once more does no harm."""
    Backend.enable_key = _unless_pending(_moto_enable_key)
    Backend.disable_key = _unless_pending(_moto_disable_key)


def take_back() -> None:
    """Make this process's moto answer as it does by itself."""
    Backend.enable_key, Backend.disable_key = _moto_enable_key, _moto_disable_key


def _unless_pending(change: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
    def changed(backend: Any, key_id: str) -> None:
        key = backend.keys[key_id]
        if key.key_state == "PendingDeletion":
            error: Any = JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
            raise error
        change(backend, key_id)

    return changed
