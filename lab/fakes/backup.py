"""Fakes AWS Backup's Get-, Put- and DeleteBackupVaultAccessPolicy."""

from __future__ import annotations

import json
from typing import Any

from moto.backup import urls
from moto.backup.exceptions import ResourceNotFoundException
from moto.backup.responses import BackupResponse
from moto.core.responses import EmptyResult

Responses: Any = BackupResponse
POLICY = r"{0}/backup-vaults/(?P<name>[^/]+)/access-policy$"


def apply() -> None:
    """Add the calls to this process's moto; once more does no harm."""
    Responses.get_backup_vault_access_policy = _get
    Responses.put_backup_vault_access_policy = _put
    Responses.delete_backup_vault_access_policy = _delete
    urls.url_paths[POLICY] = BackupResponse.dispatch


def _vault(response: Any) -> Any:
    return response.backup_backend.describe_backup_vault(response.path.split("/")[-2])


def _get(response: Any) -> str:
    vault = _vault(response)
    if "access_policy" not in vars(vault):
        raise ResourceNotFoundException(msg="Backup vault access policy not found")
    return json.dumps({"BackupVaultName": response.path.split("/")[-2], "Policy": vault.access_policy})


def _put(response: Any) -> EmptyResult:
    _vault(response).access_policy = json.loads(response.body)["Policy"]
    return EmptyResult()


def _delete(response: Any) -> EmptyResult:
    vars(_vault(response)).pop("access_policy", None)
    return EmptyResult()
