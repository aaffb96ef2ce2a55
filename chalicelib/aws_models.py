"""Reads the models that botocore makes its clients from, in half the time: most of what a starting function does.

botocore reads JSON into OrderedDict, which is for the Pythons whose dict had no order, and looks into the folders of
all services, some 400, before it makes the first client. `Loader` takes another way of reading files as `file_loader`.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

_UNPACKED: dict[str, Callable[[bytes], bytes]] = {".json": bytes, ".json.gz": gzip.decompress}
"""How what is in a file becomes JSON, by the ending of its name."""


class Files:
    """Reads a model from its file, packed or not."""

    def exists(self, file_path: str) -> bool:
        """Tell whether there is a file of this path, which has no ending."""
        return any(Path(f"{file_path}{ending}").is_file() for ending in _UNPACKED)

    def load_file(self, file_path: str) -> Any:
        """Return what the file holds; None where there is none."""
        for ending, unpacked in _UNPACKED.items():
            file = Path(f"{file_path}{ending}")
            if file.is_file():
                return json.loads(unpacked(file.read_bytes()))
        return None


class Models(Loader):  # type: ignore[misc]
    """botocore's loader, which knows a service by its folder."""

    def __init__(self) -> None:
        super().__init__(file_loader=Files())

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 (botocore's)
        """Return the services that there is anything of; what is not there of one is said once it is read."""
        return self._services

    @cached_property
    def _services(self) -> list[str]:
        folders = (folder for path in self.search_paths if Path(path).is_dir() for folder in os.scandir(path))
        return sorted({folder.name for folder in folders if folder.is_dir()})
