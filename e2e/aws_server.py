"""The door to both emulators: a moto server with AWS's own doors, and the way to what ministack answers.

AWS's doors are trust policies, permissions of the responder, and regions that are closed.
moto lets anybody assume any role and do anything with it. This server refuses what AWS refuses: an account without the
role, another hub, external id or organization, an action outside of the role's policies or of the session's, a region
that the account has not opted in to. Whose key is an account's id is its administrator; an unknown key is one of the
hub's functions. It runs in the emulators' environment, which has neither chalice nor pytest.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

from ministack.core.iam_evaluator import (  # type: ignore[import-not-found]
    EvalContext,
    evaluate,
    evaluate_trust_policy,
    parse_policy_document,
)
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.models import get_account_id_from, iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.responses import ACTION_MAP
from moto.sts.models import sts_backends
from werkzeug.serving import WSGIRequestHandler, run_simple

from e2e import organizations, templates
from e2e.refusals import Start, refuse, refuse_in_json
from e2e.routes import forwarded, goes_to_hub
from lab import moto_fixes
from lab.fakes import cloudtrail

HUB = os.environ["E2E_HUB"]
MINISTACK = os.environ["E2E_MINISTACK"]
ORGANIZATION = os.environ["E2E_ORGANIZATION"]
ROOT_ID = os.environ["E2E_ROOT_ID"]
ACCOUNTS = json.loads(os.environ["E2E_ACCOUNTS"])
"""The organization's accounts by id, with their names; the first is the management account."""

RESPONDER = os.environ["E2E_RESPONDER"]
CLOSED = os.environ["E2E_CLOSED_REGIONS"].split(",")
JOURNAL = Path(os.environ["E2E_JOURNAL"])
CALLERS = Path(os.environ["E2E_CALLERS"])
IAM_NAMES = json.loads(os.environ["E2E_IAM_NAMES"])
"""What IAM calls requests on a bucket where moto has another name: `lab.enforcement.IAM_NAMES`."""

NOT_OPTED_IN = "AWS was not able to validate the provided access credentials"
"""What EC2 says in a region that the account has not opted in to."""

_ANYWHERE = frozenset({"sts", "iam", "s3"})
"""Services that answer for all regions, or that a closed region's name does not lead to."""


def caller_of(key: str) -> str:
    """Return who signs with an access key: a function of the hub, as it was deployed, or the hub's administrator."""
    known = json.loads(CALLERS.read_text()) if CALLERS.exists() else {}
    return str(known.get(key, f"arn:aws:iam::{HUB}:root"))


def refusal(environ: Mapping[str, Any], form: Mapping[str, list[str]]) -> str:
    """Return why STS refuses an AssumeRole of the responder, or nothing (IAM user guide, "Trust policies")."""
    role_arn = form.get("RoleArn", [""])[0]
    if not role_arn.endswith(f"/{RESPONDER}"):
        return ""
    account = role_arn.split(":")[4]
    caller = caller_of(scope_of(environ)[0])
    no = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
    role = next((role for role in iam_backends[account]["aws"].roles.values() if role.name == RESPONDER), None)
    if role is None:
        return no
    context = EvalContext(
        principal_arn=role_of(caller),
        principal_type="AssumedRole",
        principal_account=HUB,
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region="us-east-1",
        principal_keys={"aws:principalorgid": ORGANIZATION},
        service_context={
            "sts:externalid": form.get("ExternalId", [None])[0],
            "sts:sourceidentity": form.get("SourceIdentity", [None])[0],
            "sts:rolesessionname": form.get("RoleSessionName", [None])[0],
        },
    )
    for action in ("sts:AssumeRole", "sts:SetSourceIdentity"):
        asked = dataclasses.replace(context, action=action)
        if not evaluate_trust_policy(role.assume_role_policy_document, caller, asked):
            return no.replace("sts:AssumeRole", action)
    return ""


def role_of(caller: str) -> str:
    """Return what `aws:PrincipalArn` is for a session: its role's ARN (IAM user guide, global condition keys)."""
    role = caller.split("/")[1] if ":assumed-role/" in caller else ""
    return f"arn:aws:iam::{HUB}:role/{role}" if role else caller


def authorize(self: Any, kind: type, resource: str = "*") -> None:
    """Stand where moto asks IAM: refuse what the responder's policies or its session's do not allow.

    Resources are left out: moto does not tell which one a request is about. So are denials of named resources.
    GetCallerIdentity needs no permission, and none can be taken away (STS API reference).
    """
    key = self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
    sessions = sts_backends[self.current_account]["aws"].assumed_roles
    session = next((each for each in sessions if each.access_key_id == key), None)
    if session is None or not session.role_arn.endswith(f"/{RESPONDER}") or self._get_action() == "GetCallerIdentity":
        return
    request: Any = kind(
        account_id=self.current_account,
        method=self.method,
        path=self.raw_path,
        data=self.data,
        body=self.raw_body,
        headers=self.headers,
        action=self._get_action(),
    )
    policies = attached_to(RESPONDER, self.current_account)
    actions = [request._action]
    if actions[0].startswith("ec2:") and any(key.startswith("TagSpecification") for key in request._data):
        actions.append("ec2:CreateTags")
    for action in actions:
        context = EvalContext(session.arn, "AssumedRole", self.current_account, action, "*", self.region)
        limits = [[anywhere(session.policy)]] if session.policy else []
        if evaluate(context, [anywhere(policy) for policy in policies], *limits).decision != "Allow":
            request._raise_access_denied()


def attached_to(role: str, account: str) -> list[str]:
    """Return the documents of a role's managed policies: the responder has no others."""
    attached, _ = iam_backends[account]["aws"].list_attached_role_policies(role)
    return [next(version.document for version in policy.versions if version.is_default) for policy in attached]


def anywhere(policy: str) -> list[Any]:
    """Return a policy's statements as if they were about everything, without denials of named resources."""
    statements = parse_policy_document(policy)
    kept = [each for each in statements if each.effect == "Allow" or each.resources == ["*"]]
    return [dataclasses.replace(each, resources=["*"], not_resources=[]) for each in kept]


def scope_of(environ: Mapping[str, Any]) -> list[str]:
    """Return access key, date, region and service that a request was signed with."""
    scope = str(environ.get("HTTP_AUTHORIZATION", "")).partition("Credential=")[2].partition(",")[0]
    return (scope.split("/") + [""] * 4)[:4]


def gate(application: Any) -> Any:
    """Return the server's application with the doors before it, and a journal of what went through."""

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        key, _, region, service = scope_of(environ)
        account = account_of(key)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        form = parse_qs(body.decode(errors="replace")) if service in {"sts", "ec2", "iam"} else {}
        if not is_entered(key) and goes_to_hub(service, account, HUB, form.get("RoleArn", [""])[0], RESPONDER):
            status, headers, content = forwarded(environ, body, MINISTACK)
            start(status, headers)
            return [content]
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        environ["wsgi.input"] = io.BytesIO(body)
        action = form.get("Action", [str(environ.get("HTTP_X_AMZ_TARGET", environ["REQUEST_METHOD"]))])[0]
        seen: list[str] = []

        def started(status: str, *rest: Any, **more: Any) -> Any:
            seen.append(status)
            return start(status, *rest, **more)

        if region in CLOSED and service in {"events", "sqs"}:
            chunks = refuse_in_json(started, "UnrecognizedClientException", NOT_OPTED_IN)
        elif region in CLOSED and service not in _ANYWHERE:
            chunks = refuse(started, "401", "AuthFailure", NOT_OPTED_IN)
        elif service == "sts" and action == "AssumeRole" and (why := refusal(environ, form)):
            chunks = refuse(started, "403", "AccessDenied", why)
        elif service == "guardduty" and (said := guardduty(environ, account, region, body)) is not None:
            started("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(said)))])
            chunks = [said]
        else:
            chunks = list(application(environ, started))
        note(key, service, region, action, seen[0])
        return chunks

    return answer


def is_entered(key: str) -> bool:
    """Tell whether a request is made in a session of moto's: in an account that was entered."""
    return bool(get_account_id_from(key) != get_account_id_from(""))  # moto's default, as for any unknown key


def account_of(key: str) -> str:
    """Return whose request it is: that of an account that was entered, or administered by its id; else the hub's."""
    if is_entered(key):
        return str(get_account_id_from(key))
    return key if key.isdecimal() else HUB


def guardduty(environ: Mapping[str, Any], account: str, region: str, body: bytes) -> bytes | None:
    return organizations.guardduty(account, region, environ["REQUEST_METHOD"], environ["PATH_INFO"], body)


def note(key: str, service: str, region: str, action: str, status: str) -> None:
    """Write down one answered request: a line of JSON."""
    line = {"at": time.time(), "key": key, "service": service, "region": region, "action": action, "status": status}
    with JOURNAL.open("a") as journal:
        journal.write(json.dumps(line) + "\n")


class Quiet(WSGIRequestHandler):
    """Says nothing of requests: the journal does."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: Any, **__: Any) -> None:
        return


def main(port: int) -> None:
    moto_fixes.apply()
    cloudtrail.apply()
    organizations.complete()
    templates.complete()
    organizations.make(ORGANIZATION, ROOT_ID, ACCOUNTS)
    for method, names in IAM_NAMES.items():
        ACTION_MAP["BUCKET"][method].update(names)
    with patch.object(ActionAuthenticatorMixin, "_authenticate_and_authorize_action", authorize):
        application = gate(DomainDispatcherApplication(create_backend_app))
        run_simple("127.0.0.1", port, application, threaded=True, request_handler=Quiet)


if __name__ == "__main__":
    main(int(sys.argv[1]))
