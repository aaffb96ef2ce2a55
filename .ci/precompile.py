"""Add to a deployment package the compiled form of what its functions import: Lambda can keep none, and compiles each
time that it starts one.

    python .ci/precompile.py deployment.zip

The modules are those that a function of its own has loaded when its first event comes. A Python of another version
passes the compiled form over and reads the source, which stays.
"""

from __future__ import annotations

import importlib.util
import json
import marshal
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the package, as Chalice writes it: the same sources make the same package."""

TASK_ROOT = "/var/task"

LOADED = """
import importlib, json, os, pkgutil, sys
root = sys.argv[1]
sys.path.insert(0, root)
import app, aws_lambda_powertools.utilities.parameters, chalicelib
from chalicelib.functions import loaded
loaded()
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
files = (getattr(module, "__file__", None) or "" for module in list(sys.modules.values()))
print(json.dumps(sorted(os.path.relpath(file, root) for file in files if file.startswith(root + os.sep))))
"""


def main() -> None:
    package = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
        # What a checkout has compiled for itself names its own paths and times.
        files = {name: archive.read(name) for name in archive.namelist() if not name.endswith((".pyc", "/"))}
        archive.extractall(folder, files)
        files |= {cached(name): code(files[name], name) for name in loaded(folder)}
    fresh = package.with_suffix(".new")
    with zipfile.ZipFile(fresh, "w") as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16  # Lambda runs as another user than who wrote the package
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    fresh.replace(package)


def loaded(folder: str) -> list[str]:
    """Return the modules in the package that a started function has imported, by their path in it."""
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "countermeasure", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("_HANDLER", None)
    command = [sys.executable, "-c", LOADED, str(Path(folder).resolve())]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"The package does not start:\n{done.stderr}")
    found: list[str] = json.loads(done.stdout)
    return found


def cached(name: str) -> str:
    """Return where Python looks for the compiled form of a module."""
    return importlib.util.cache_from_source(name)


def code(source: bytes, name: str) -> bytes:
    """Return a module compiled, not to be checked against its source: in Lambda that never changes (PEP 552)."""
    compiled = compile(source, f"{TASK_ROOT}/{name}", "exec", dont_inherit=True, optimize=0)
    unchecked = (0b01).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + unchecked + importlib.util.source_hash(source) + marshal.dumps(compiled)


if __name__ == "__main__":
    main()
