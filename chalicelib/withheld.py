"""Leave out of what is kept or shown whatever is named like a secret: passwords, tokens, keys to sign with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

WITHHELD = "(withheld)"

_SECRET = re.compile(r"password|secret|token|privatekey", re.IGNORECASE)


def withheld(value: Any) -> Any:
    """Return a JSON value without what stands under such a name, at any depth."""
    if isinstance(value, Mapping):
        return {key: WITHHELD if _SECRET.search(str(key)) else withheld(inner) for key, inner in value.items()}
    return [withheld(inner) for inner in value] if isinstance(value, list | tuple) else value
