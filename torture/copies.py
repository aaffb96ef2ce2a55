"""Try what comes next in a copy of this process: the simulated AWS is in its memory, and is copied with it."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

Told = TypeVar("Told")

PATIENCE = 120
"""Seconds after which a copy that has not ended is ended."""


class CopyFailed(Exception):
    """A copy ended without an answer; says how."""


def in_a_copy(do: Callable[[], Told]) -> Told:
    """Do it in a copy of this process, and return what it gives: plain data. Raises CopyFailed."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads, if any, do not go on in the copy
        child = os.fork()
    if child == 0:
        _answer(do, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        answer = told.read()
    _, status = os.waitpid(child, 0)
    if not answer:
        raise CopyFailed(f"it ended with {os.waitstatus_to_exitcode(status)} and said nothing")
    held, said = pickle.loads(answer)
    if not held:
        raise CopyFailed(said)
    return said  # type: ignore[no-any-return]


def _answer(do: Callable[[], Any], writing: int) -> None:
    """Say what comes of it, and end: nothing of what the process was in the middle of goes on."""
    gc.disable()  # a collection touches, and so copies, all memory
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)
    try:
        said = True, do()
    except BaseException as error:  # noqa: BLE001 - the copy ends here, whatever happened: the original says so
        said = False, f"{type(error).__name__}: {error}"
    with os.fdopen(writing, "wb") as told:
        pickle.dump(said, told)
    os._exit(0)
