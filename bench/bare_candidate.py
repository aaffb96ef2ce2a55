"""Bare AWS calls as a candidate: one file, whose environment names the topic and the group to isolate with."""

from __future__ import annotations

import importlib
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("bare_lambda.py")


def build(case: str, state: dict[str, str], dest: str) -> dict[str, object]:
    """Write the Lambda into `dest`; return sizes."""
    package = Path(f"{dest}.zip")
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(SOURCE, SOURCE.name)
    with zipfile.ZipFile(package) as archive:
        archive.extractall(dest)
    environment = {"TOPIC": state.get("topic", ""), "ISOLATION_GROUP": state.get("iso", "")}
    Path(f"{dest}.environment").write_text(json.dumps(environment))
    size = SOURCE.stat().st_size
    return {"dir": dest, "zip_bytes": package.stat().st_size, "unzipped_bytes": size, "files": 1}


def load(dest: str) -> Any:
    """Return the handler of the Lambda in `dest`."""
    os.environ.update(json.loads(Path(f"{dest}.environment").read_text()))
    os.chdir(dest)
    sys.path.insert(0, dest)
    return importlib.import_module(SOURCE.stem).handler
