"""Where a finding is, which its resources inherit; and which of them stand for the principal that acted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.dataclass import dataclass
from chalicelib.findings.resources import named, of_arn
from chalicelib.model import Resource

_ROLE_ID = re.compile(r"AROA[A-Z0-9]{8,124}", re.ASCII)
_PRINCIPALS = {"Role": "AssumedRole", "User": "IAMUser"}


@dataclass(frozen=True, slots=True)
class Where:
    """The account, region and partition of a finding, and when it was last seen."""

    account: str
    region: str
    partition: str
    seen: str

    def resource(
        self,
        type: str,
        *raws: object,
        account: str = "",
        region: str = "",
        details: Mapping[str, str] | None = None,
    ) -> Resource | None:
        """Return the resource that the first usable of some ids or ARNs names, None when none is usable."""
        for raw in raws:
            found = named(
                type,
                raw,
                account=account or self.account,
                region=region or self.region,
                partition=self.partition,
                seen=self.seen,
                details=details,
            )
            if found:
                return found
        return None

    def of_arn(self, raw: object) -> Resource | None:
        """Return the resource that an ARN names when the ARN alone tells its type, else None."""
        return of_arn(raw, account=self.account, region=self.region, partition=self.partition, seen=self.seen)

    def principal(
        self, user_type: str, name: str, principal_id: str, key_id: str, account: str = ""
    ) -> list[Resource | None]:
        """Return what of a principal can be contained.

        An IAM user yields the user, and the key that was used when it is a long-term one. A role's session yields the
        session (`role/session`: the session's name follows the colon in the principal id) and the role. Root, a
        federated user, a service or another account yield nothing: there is no resource of ours to act on.
        """
        match principal_type(user_type):
            case "IAMUser":
                said = {"user": name} if name else {}
                return [
                    self.resource("AWS::IAM::AccessKey", key_id, account=account, details=said),
                    self.resource("AWS::IAM::User", name, account=account),
                ]
            case "AssumedRole":
                role_id, _, session = principal_id.partition(":")
                said = {"role_id": role_id} if _ROLE_ID.fullmatch(role_id) else {}
                return [
                    self.resource("AWS::STS::AssumedRole", f"{name}/{session}", account=account, details=said),
                    self.resource("AWS::IAM::Role", name, account=account),
                ]
            case _:
                return []


def principal_type(user_type: str) -> str:
    """Return the one word for a principal's type: GuardDuty says `Role` and `AssumedRole` of the same thing."""
    return _PRINCIPALS.get(user_type, user_type)
