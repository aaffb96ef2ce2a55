"""Fakes Identity Center's ProvisioningStatus in ListAccountsForProvisionedPermissionSet, which moto leaves out."""

from __future__ import annotations

import json
from typing import Any

from moto.ssoadmin.responses import SSOAdminResponse

Responses: Any = SSOAdminResponse
_moto_provision = Responses.provision_permission_set


def apply() -> None:
    """Add the parameter to this process's moto; once more does no harm."""
    Responses.provision_permission_set = _provision
    Responses.list_accounts_for_provisioned_permission_set = _list_accounts


def _provision(response: Any) -> Any:
    """Remember what was provisioned: the accounts have that until the next time."""
    answer = _moto_provision(response)
    found = _permission_set(response)
    found.provisioned = found.inline_policy
    return answer


def _list_accounts(response: Any) -> str:
    found = _permission_set(response)
    accounts = response.ssoadmin_backend.list_accounts_for_provisioned_permission_set(
        instance_arn=found.instance_arn, permission_set_arn=found.permission_set_arn
    )
    latest = vars(found).get("provisioned") == found.inline_policy
    asked = response._get_param("ProvisioningStatus")
    told = asked is None or latest == (asked == "LATEST_PERMISSION_SET_PROVISIONED")
    return json.dumps({"AccountIds": accounts if told else []})


def _permission_set(response: Any) -> Any:
    instance, arn = response._get_param("InstanceArn"), response._get_param("PermissionSetArn")
    return response.ssoadmin_backend._find_permission_set(instance, arn)
