"""What botocore and moto compute anew for every call, and need not: a part of what each simulated call costs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore import useragent

_sanitized: Any = functools.lru_cache(4096)(useragent.sanitize_user_agent_string_component)


@contextmanager
def quickened() -> Iterator[None]:
    """Keep the parts of the user agent, look up a call's method by its name, and leave `requests` alone.

    moto listens to `requests` as well, by a thousand patterns at each start: here all calls come by botocore.
    """
    from moto.core import models, responses  # noqa: PLC0415 - it reads the environment when it is imported

    with ExitStack() as undo:
        undo.enter_context(patch.object(useragent, "sanitize_user_agent_string_component", _sanitized))
        undo.enter_context(patch.object(models, "RESPONSES_METHODS", ()))
        undo.enter_context(patch.object(responses, "method_names_from_class", _Methods))
        yield


@dataclass(frozen=True, slots=True)
class _Methods:
    """The names of the methods that a class has now; moto asks for one of them, and makes a list of all."""

    of: type

    def __contains__(self, name: str) -> bool:
        return inspect.isfunction(getattr(self.of, name, None))
