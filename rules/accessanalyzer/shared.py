"""The event pattern for "outsiders can reach a resource", by the types of resource that Access Analyzer looks at."""

from chalicelib.model import Json


def shared(*resource_types: str, public: bool | None = None) -> dict[str, Json]:
    """Return the pattern for active findings on these types: of everybody, of named outsiders, or of either (None).

    Source: IAM user guide, "Monitoring IAM Access Analyzer with Amazon EventBridge". Unused access has a detail-type of
    its own, and is told by nobody here: it is no threat from outside.
    """
    return {
        "source": ["aws.access-analyzer"],
        "detail-type": ["Access Analyzer Finding"],
        "detail": {
            "resourceType": [*resource_types],
            **({} if public is None else {"isPublic": [public]}),
            "status": ["ACTIVE"],
        },
    }
