"""Fakes EC2's account settings: serial console access, and block public access for images and for snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

Responses: Any = EC2Response
IMAGES, SNAPSHOTS, CONSOLE = "ImageBlockPublicAccessState", "State", "SerialConsoleAccessEnabled"
OPEN = "unblocked"


def apply() -> None:
    """Add the calls to this process's moto; once more does no harm."""
    Responses.get_serial_console_access_status = _get(CONSOLE, default=False)
    Responses.enable_serial_console_access = _set(CONSOLE, to=True)
    Responses.disable_serial_console_access = _set(CONSOLE, to=False)
    Responses.get_image_block_public_access_state = _get(IMAGES, default=OPEN)
    Responses.enable_image_block_public_access = _set(IMAGES)
    Responses.disable_image_block_public_access = _set(IMAGES, to=OPEN)
    Responses.get_snapshot_block_public_access_state = _get(SNAPSHOTS, default=OPEN)
    Responses.enable_snapshot_block_public_access = _set(SNAPSHOTS)
    Responses.disable_snapshot_block_public_access = _set(SNAPSHOTS, to=OPEN)


def _settings(response: Any) -> dict[str, Any]:
    """Return the region's settings; they are kept with the backend, and are forgotten with it."""
    kept: dict[str, Any] = vars(response.ec2_backend).setdefault("_account_settings", {})
    return kept


def _get(name: str, *, default: Any) -> Callable[[Any], ActionResult]:
    return lambda response: ActionResult({name: _settings(response).get(name, default), "ManagedBy": "account"})


def _set(name: str, *, to: Any = None) -> Callable[[Any], ActionResult]:
    """Set what the call says, or `to`."""

    def answer(response: Any) -> ActionResult:
        value = response._get_param(name) if to is None else to
        _settings(response)[name] = value
        return ActionResult({name: value})

    return answer
