"""What one remediation asks of a scene that is there already, one file each, so that no scene need change for it.

`lab/shapes/s3_restore_logging.py` is about `s3.restore_logging`. It holds functions of a session and the resource,
named as what a Scene holds for each remediation: `instead`, `drift` and `variant`; those that it needs.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import replace
from functools import cache
from types import ModuleType

from lab.scene import Scene


def with_own(scene: Scene, remediation: str) -> Scene:
    """Return a scene with what the file of a remediation, if there is one, adds to it. `remediation` is an id."""
    if (own := _file(remediation)) is None:
        return scene
    added = {name: {remediation: getattr(own, name)} for name in ("instead", "drift", "variant") if hasattr(own, name)}
    return replace(
        scene,
        instead={**scene.instead, **added.get("instead", {})},
        drift={**scene.drift, **added.get("drift", {})},
        variants={**scene.variants, **added.get("variant", {})},
    )


@cache
def _file(remediation: str) -> ModuleType | None:
    name = f"{__name__}.{remediation.replace('.', '_')}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None
