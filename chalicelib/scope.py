"""What a session may do: the least that its remediations need, as an STS session policy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from chalicelib.model import Remediation, Resource


def policy(reads: Iterable[str], writes: Mapping[str, Iterable[str]]) -> str:
    """Return the session policy: the reads on everything, each write on its own ARNs. Actions of one scope share."""
    statements: list[dict[str, object]] = [{"Effect": "Allow", "Action": sorted(reads), "Resource": "*"}]
    by_scope: dict[tuple[str, ...], list[str]] = {}
    for action, arns in writes.items():
        scope = tuple(sorted(set(arns)))
        by_scope.setdefault(("*",) if "*" in scope else scope, []).append(action)
    for scope, actions in sorted(by_scope.items()):
        statements.append({"Effect": "Allow", "Action": sorted(actions), "Resource": list(scope)})
    kept = [statement for statement in statements if statement["Action"]]
    return json.dumps({"Version": "2012-10-17", "Statement": kept}, separators=(",", ":"))


def pins(remediation: Remediation, resource: Resource) -> tuple[str, ...]:
    """Return the ARNs that a remediation's writes are limited to on one resource; ("*",) where IAM has none."""
    role, _, session = resource.id.partition("/")
    values = {
        "partition": resource.partition,
        "region": resource.region,
        "account": resource.account,
        "id": _literal(resource.id),
        "role": _literal(role),
        "session": _literal(session),
    }
    return tuple(template.format(**values) for template in remediation.pin) or ("*",)


def _literal(text: str) -> str:
    """Return the text as IAM reads it letter by letter: `*`, `?` and `$` are wildcards and variables otherwise."""
    return re.sub(r"[*?$]", lambda found: "${" + found[0] + "}", text)
