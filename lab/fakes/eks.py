"""Fakes EKS's access entries and their policies; has UpdateClusterConfig keep what it is not told to change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.eks import urls
from moto.eks.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from moto.eks.responses import EKSResponse

Responses: Any = EKSResponse
ENTRIES = r"{0}/clusters/(?P<name>[^/]+)/access-entries(?P<rest>/.*)?$"
WAYS_IN = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")


def apply() -> None:
    """Add the calls to this process's moto; once more does no harm."""
    Responses.list_access_entries = _list
    Responses.describe_access_entry = _describe
    Responses.create_access_entry = _create
    Responses.delete_access_entry = _delete
    Responses.list_associated_access_policies = _list_policies
    Responses.associate_access_policy = _associate
    Responses.update_cluster_config = _update
    urls.url_paths[ENTRIES] = EKSResponse.dispatch


def _cluster(response: Any) -> Any:
    return response.eks_backend.describe_cluster(name=response.uri_match["name"])


def _entries(response: Any) -> dict[str, Any]:
    """Return the cluster's entries; they are kept with the cluster, and are forgotten with it."""
    cluster = _cluster(response)
    if vars(cluster).get("access_config", {}).get("authenticationMode") == "CONFIG_MAP":
        needed = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP]"
        raise InvalidRequestException(message=f"{needed} to perform this operation.")
    kept: dict[str, Any] = vars(cluster).setdefault("_access_entries", {})
    return kept


def _entry(response: Any) -> Any:
    kept, arn = _entries(response), response.uri_match["principalArn"]
    if arn not in kept:
        raise ResourceNotFoundException(message=f"The specified principalArn could not be found: {arn}")
    return kept[arn]


def _list(response: Any) -> ActionResult:
    return ActionResult({"accessEntries": sorted(_entries(response))})


def _describe(response: Any) -> ActionResult:
    return ActionResult({"accessEntry": _entry(response)["entry"]})


def _create(response: Any) -> ActionResult:
    kept, asked = _entries(response), json.loads(response.body)
    arn = asked["principalArn"]
    if arn in kept:
        raise ResourceInUseException(message="The specified access entry resource is already in use on this cluster.")
    account, _, named = arn.removeprefix("arn:aws:iam::").partition(":")
    session = f"arn:aws:sts::{account}:assumed-role/{named.rpartition('/')[2]}/{{{{SessionName}}}}"
    entry = {
        "clusterName": response.uri_match["name"],
        "principalArn": arn,
        "kubernetesGroups": asked.get("kubernetesGroups", []),
        "tags": asked.get("tags", {}),
        "username": asked.get("username") or (session if named.startswith("role/") else arn),
        "type": asked.get("type") or "STANDARD",
    }
    kept[arn] = {"entry": entry, "policies": {}}
    return ActionResult({"accessEntry": entry})


def _delete(response: Any) -> EmptyResult:
    _entry(response)
    del _entries(response)[response.uri_match["principalArn"]]
    return EmptyResult()


def _list_policies(response: Any) -> ActionResult:
    return ActionResult({"associatedAccessPolicies": list(_entry(response)["policies"].values())})


def _associate(response: Any) -> ActionResult:
    asked = json.loads(response.body)
    made = {"policyArn": asked["policyArn"], "accessScope": {"namespaces": [], **asked["accessScope"]}}
    _entry(response)["policies"][asked["policyArn"]] = made
    return ActionResult({"associatedAccessPolicy": made})


def _update(response: Any) -> ActionResult:
    """Change the ways in, or how users are known, at once; EKS takes minutes."""
    cluster, asked = _cluster(response), json.loads(response.body)
    if "accessConfig" in asked:
        cluster.access_config = asked["accessConfig"]
        return _updated("AccessConfigUpdate")
    there = cluster.resources_vpc_config
    wanted = {**there, **asked["resourcesVpcConfig"]}
    if not wanted["endpointPublicAccess"] and not wanted["endpointPrivateAccess"]:
        raise InvalidParameterException(message="Private and public endpoint access cannot be false")
    if {name: there.get(name) for name in WAYS_IN} == {name: wanted.get(name) for name in WAYS_IN}:
        raise InvalidParameterException(message="Cluster is already at the desired configuration")
    cluster.resources_vpc_config = wanted
    return _updated("EndpointAccessUpdate")


def _updated(kind: str) -> ActionResult:
    made = {"id": "00000000-0000-0000-0000-000000000000", "status": "InProgress", "type": kind, "params": []}
    return ActionResult({"update": {**made, "createdAt": datetime.now(UTC), "errors": []}})
