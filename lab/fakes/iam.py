"""Fakes IAM's Create-, List- and UpdateServiceSpecificCredential(s), and TagSAMLProvider."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import NotFoundException
from moto.iam.responses import IamResponse

Responses: Any = IamResponse
SERVICES = {"codecommit.amazonaws.com": "ACCA", "cassandra.amazonaws.com": "ACCA", "bedrock.amazonaws.com": "ABIA"}
"""The services that take such credentials, and how their ids begin."""

STATUSES = ("Active", "Inactive")


def apply() -> None:
    """Add the calls to this process's moto; once more does no harm."""
    Responses.create_service_specific_credential = _create
    Responses.list_service_specific_credentials = _list
    Responses.update_service_specific_credential = _update
    Responses.tag_saml_provider = _tag_saml_provider


def _credentials(response: Any) -> list[dict[str, Any]]:
    """Return the account's credentials; they are kept with its users, and are forgotten with them."""
    kept: list[dict[str, Any]] = vars(response.backend).setdefault("service_specific_credentials", [])
    return kept


def _create(response: Any) -> ActionResult:
    user = response.backend.get_user(response._get_param("UserName"))
    service = response._get_param("ServiceName")
    if service not in SERVICES:
        raise NotFoundException(f"No such service {service} is supported for Service Specific Credentials")
    number = len(_credentials(response)) + 1
    made = {
        "CreateDate": datetime.now(UTC),
        "ServiceName": service,
        "ServiceUserName": f"{user.name}-at-{response.current_account}",
        "ServiceSpecificCredentialId": f"{SERVICES[service]}{number:016d}",
        "UserName": user.name,
        "Status": "Active",
    }
    _credentials(response).append(made)
    return ActionResult({"ServiceSpecificCredential": made})


def _list(response: Any) -> ActionResult:
    user = response.backend.get_user(response._get_param("UserName"))
    own = [each for each in _credentials(response) if each["UserName"] == user.name]
    return ActionResult({"ServiceSpecificCredentials": own, "IsTruncated": False})


def _update(response: Any) -> EmptyResult:
    user, id_ = response._get_param("UserName"), response._get_param("ServiceSpecificCredentialId")
    own = [each for each in _credentials(response) if each["UserName"] == user]
    named = [each for each in own if each["ServiceSpecificCredentialId"] == id_]
    if not named or response._get_param("Status") not in STATUSES:
        raise NotFoundException(f"Service-specific credential {id_} does not exist for user {user}")
    named[0]["Status"] = response._get_param("Status")
    return EmptyResult()


def _tag_saml_provider(response: Any) -> EmptyResult:
    provider = response.backend.get_saml_provider(response._get_param("SAMLProviderArn"))
    tags = {tag["Key"]: tag for tag in (*getattr(provider, "tags", ()), *response._get_param("Tags", []))}
    provider.tags = list(tags.values())  # GetSAMLProvider answers with what the provider holds
    return EmptyResult()
