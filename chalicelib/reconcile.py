"""What is derived from each remediation's read, desired and write: the plan, its digest, and whether it holds."""

from __future__ import annotations

import hashlib
import json
import re

from botocore.exceptions import ClientError

from chalicelib.dataclass import dataclass
from chalicelib.errors import Gone
from chalicelib.model import Remediation, Resource, Session, State

WAITS = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds to wait before each look whether a change holds: IAM and S3 are eventually consistent."""

_GONE = re.compile(
    r"NotFound(Exception|Fault)?$|^NoSuch(Entity|Bucket|Resource|ConfigurationRecorder)|DoesNotExist|^NonExistent"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is there, and what should be. Nothing to do when they are equal."""

    before: State
    after: State

    @property
    def needed(self) -> bool:
        return not same(self.before, self.after)


def plan(remediation: Remediation, aws: Session, resource: Resource) -> Plan:
    """Read the resource and say what should become of it. Makes no write call. Raises Gone."""
    before = read(remediation, aws, resource)
    return Plan(before, normalised(remediation.desired(before, resource)))


def read(remediation: Remediation, aws: Session, resource: Resource) -> State:
    """Return what this remediation owns of the resource now, as it survives a JSON round trip. Raises Gone."""
    try:
        return normalised(remediation.read(aws, resource))
    except ClientError as error:
        raise _as_gone(error, resource) from error


def write(remediation: Remediation, aws: Session, resource: Resource, now: State, then: State) -> None:
    """Bring the resource from `now` to `then`. What AWS answers comes through: only `read` can tell that it is gone."""
    remediation.write(aws, resource, now, then)


def same(one: State, other: State) -> bool:
    """Return whether two states are the same JSON."""
    return canonical(one) == canonical(other)


def digest(remediation_id: str, resource: Resource, before: State, after: State) -> str:
    """Return the SHA-256 of the exact change: what an approval approves."""
    text = canonical([remediation_id, resource.key, before, after])
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(state: State) -> str:
    """Return the one JSON text of a state."""
    return json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def normalised(state: State) -> State:
    """Return the state as JSON gives it back: tuples become lists, so that nothing compares unequal for its type."""
    return json.loads(canonical(state))


def _as_gone(error: ClientError, resource: Resource) -> Exception:
    """Return Gone when AWS says that the resource does not exist, else the error itself."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return Gone(f"{resource.key} does not exist any more ({code})") if _GONE.search(code) else error
