"""The public statements of a resource's policy: what a remediation that takes them out owns, and how it does so."""

from __future__ import annotations

import json

from chalicelib.model import Json
from remediations.public import is_public, listed


def state(policy: Json) -> Json:
    """Return `{"public": [{"at": 1, "statement": {...}}, ...]}`: each public statement and its place in the policy.

    The other statements are nobody's business here. Where there are none, the policy itself goes with the public ones:
    then `policy` holds what stands beside its statements (Version, Id), null for no policy at all.
    """
    statements = listed(policy["Statement"]) if policy else []
    public = [{"at": at, "statement": found} for at, found in enumerate(statements) if is_public(found)]
    if len(public) < len(statements):
        return {"public": public}
    return {
        "policy": {name: policy[name] for name in policy if name != "Statement"} if policy else None,
        "public": public,
    }


def closed(now: Json) -> Json:
    """Return the state without public statements."""
    return {name: [] if name == "public" else None for name in now}


def changed(policy: Json, now: Json, then: Json) -> Json:
    """Return the policy brought from one state to the other, None where no statement is left in it."""
    statements = list(listed(policy["Statement"])) if policy else []
    for entry in now["public"]:
        if entry["statement"] in statements:
            statements.remove(entry["statement"])
    for entry in then["public"]:
        statements.insert(entry["at"], entry["statement"])
    if not statements:
        return None
    return {**(policy or then.get("policy") or {"Version": "2012-10-17"}), "Statement": statements}


def text(policy: Json) -> str:
    """Return the policy as AWS takes it, without white space: that counts against its size."""
    return json.dumps(policy, separators=(",", ":"))
