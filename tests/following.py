"""Follows a recipe in a checkout: `python tests/following.py < steps.json`, and says as JSON what each command did.

A step writes a file, or runs a command, each in a process of its own. What all of them import, and no recipe changes,
is imported once: it takes most of their time.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import runpy
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    _import_what_all_need()
    json.dump([_taken(step) for step in json.load(sys.stdin)], sys.stdout)


def _import_what_all_need() -> None:
    import chalice.test  # noqa: F401
    import pytest  # noqa: F401
    from aws_lambda_powertools import Logger, Metrics, Tracer  # noqa: F401

    import cli.main  # noqa: F401
    import lab.stage  # noqa: F401
    from chalicelib.catalogue import collect
    from chalicelib.model import Rule
    from lab.organization import embedded

    collect("rules", "rule", Rule)  # with what answers them; a catalogue is made of them by each command

    with embedded():
        pass


def _taken(step: dict[str, str]) -> dict[str, Any]:
    if "path" in step:
        path = Path(step["path"])
        assert not [parent for parent in path.parents if parent.is_symlink()], f"{path} would be written elsewhere"
        path.write_text(step["text"])
        return {"code": 0, "said": ""}
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            importlib.invalidate_caches()
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            _become(shlex.split(step["command"]))
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "said": said.read().decode()}


def _become(command: list[str]) -> None:
    """Be what a command starts: the operator's command, a module of Python, or what make runs for a target."""
    code: Any = 0
    try:
        match command:
            case [".venv/bin/countermeasure", *arguments]:
                _run("cli", arguments)
            case [".venv/bin/python", "-m", module, *arguments]:
                _run(module, [*arguments, *(["-p", "no:cacheprovider"] if module == "pytest" else [])])
            case ["make", target]:
                module, *arguments = shlex.split(_recipe(target))
                _run(module, arguments)
            case _:
                raise AssertionError(f"no recipe runs {command}")
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:  # noqa: BLE001 - whatever happened, the child must not go on in its parent's place
        sys.excepthook(*sys.exc_info())
        code = 70
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def _recipe(target: str) -> str:
    """Return what make runs for a target, where that is one module."""
    recipe = re.search(rf"^{target}:.*\n\t@\$\(BIN\)/python -m (.+)\n\n", Path("Makefile").read_text(), re.MULTILINE)
    assert recipe, f"make {target} runs something else than one module"
    return recipe[1]


def _run(module: str, arguments: list[str]) -> None:
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
