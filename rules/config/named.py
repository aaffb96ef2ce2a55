"""The event pattern for "a resource does not comply with this AWS Config rule", however the rule is named.

The event has the rule's name only, not which managed rule it is, and Security Hub, conformance packs and people put
words before and after it: so the managed rules' names and identifiers are looked for anywhere in it.
"""

from chalicelib.model import Json


def noncompliant(resource_types: tuple[str, ...], *names: str) -> dict[str, Json]:
    """Return the pattern for a resource that a rule with one of these words in its name found NON_COMPLIANT.

    No `resource_types`: any. Each of `names` is in small letters and hyphens (`restricted-ssh`); as an identifier it
    is `RESTRICTED_SSH`. Source: AWS Config developer guide, "List of AWS Config Managed Rules".
    """
    return {
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "messageType": ["ComplianceChangeNotification"],
            "configRuleName": [form for name in names for form in _forms(name, name.replace("-", "_"))],
            **({"resourceType": [*resource_types]} if resource_types else {}),
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        },
    }


def _forms(name: str, identifier: str) -> list[Json]:
    """Return where the name may stand: at an end in any case, in the middle as AWS writes it (wildcards mind case)."""
    return [
        *({end: {"equals-ignore-case": words}} for end in ("prefix", "suffix") for words in (name, identifier)),
        {"wildcard": f"*{name}*"},
        {"wildcard": f"*{identifier.upper()}*"},
    ]
