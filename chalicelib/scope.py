"""What a session may do: the least that its remediations need, as an STS session policy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from chalicelib.model import Remediation, Resource


def policy(reads: Iterable[str], writes: Mapping[str, Iterable[str]]) -> str:
    """Return the session policy: the reads on everything, each write on its own ARNs. Actions of one scope share."""
    return _document([{"Effect": "Allow", "Action": sorted(reads), "Resource": "*"}, *_by_scope(writes)])


def limited(
    reads: Mapping[str, Iterable[str]], writes: Mapping[str, Iterable[str]], condition: Mapping[str, object]
) -> str:
    """Return the session policy of reads and writes that each have their own ARNs, the writes under a condition."""
    return _document([*_by_scope(reads), *({**statement, "Condition": condition} for statement in _by_scope(writes))])


def _by_scope(actions: Mapping[str, Iterable[str]]) -> list[dict[str, object]]:
    by_scope: dict[tuple[str, ...], list[str]] = {}
    for action, arns in actions.items():
        scope = tuple(sorted(set(arns)))
        by_scope.setdefault(("*",) if "*" in scope else scope, []).append(action)
    return [
        {"Effect": "Allow", "Action": sorted(named), "Resource": list(scope)}
        for scope, named in sorted(by_scope.items())
    ]


def _document(statements: Iterable[Mapping[str, object]]) -> str:
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
