"""Fakes IAM Access Analyzer, which moto lacks: CreateAnalyzer, DeleteAnalyzer and ListAnalyzers."""

from __future__ import annotations

import json
import re
import sys
from typing import Any
from urllib.parse import unquote

from botocore.utils import datetime2timestamp
from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.core.responses import BaseResponse
from moto.core.utils import utcnow

URL = r"https?://access-analyzer\.(.+)\.amazonaws\.com"


class AccessAnalyzerBackend(BaseBackend):
    """An account's analyzers in a region, by name."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.analyzers: dict[str, dict[str, Any]] = {}

    @property
    def urls(self) -> dict[str, Any]:
        return {f"{URL}/analyzer$": AccessAnalyzer.dispatch, f"{URL}/analyzer/[^/]+$": AccessAnalyzer.dispatch}


class AccessAnalyzer(BaseResponse):
    """Answers as the service does; what it is asked, botocore has held against the service's model."""

    def __init__(self) -> None:
        super().__init__(service_name="accessanalyzer")

    @property
    def analyzers(self) -> dict[str, dict[str, Any]]:
        return accessanalyzer_backends[self.current_account][self.region].analyzers

    def create_analyzer(self) -> str:
        name, kind = self._get_param("analyzerName"), self._get_param("type")
        if name in self.analyzers:
            raise JsonRESTError("ConflictException", f"Analyzer {name} already exists")
        if any(each["type"] == kind for each in self.analyzers.values()):
            raise JsonRESTError("ServiceQuotaExceededException", f"Only one analyzer of type {kind} is allowed")
        arn = f"arn:{self.partition}:access-analyzer:{self.region}:{self.current_account}:analyzer/{name}"
        made = {"name": name, "type": kind, "arn": arn, "status": "ACTIVE", "tags": self._get_param("tags") or {}}
        self.analyzers[name] = {**made, "createdAt": datetime2timestamp(utcnow())}
        return json.dumps({"arn": arn})

    def delete_analyzer(self) -> str:
        name = unquote(self.path.split("/")[-1])
        if name not in self.analyzers:
            raise JsonRESTError("ResourceNotFoundException", f"Analyzer {name} not found")
        del self.analyzers[name]
        return "{}"

    def list_analyzers(self) -> str:
        kind = self._get_param("type")
        found = [each for each in self.analyzers.values() if kind in (None, each["type"])]
        return json.dumps({"analyzers": found})


accessanalyzer_backends = BackendDict(AccessAnalyzerBackend, "accessanalyzer")


def apply() -> None:
    """Add the service to this process's moto, which finds a service by the name of a module of its own."""
    sys.modules["moto.accessanalyzer.models"] = sys.modules["moto.accessanalyzer"] = sys.modules[__name__]
    if "accessanalyzer" not in dict(backend_index.backend_url_patterns):
        backend_index.backend_url_patterns.append(("accessanalyzer", re.compile(URL)))
