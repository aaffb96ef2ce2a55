"""The event pattern for findings that other AWS services hand to Security Hub, by their types."""

from chalicelib.model import Json


def imported(product: str, *types: Json, **also: Json) -> dict[str, Json]:
    """Return the pattern for live findings in ASFF of a product (`macie`) with one of these `Types`.

    `also` is what else must stand in the finding. Macie's types end as Macie has them, a hyphen for the slash
    (`Policy:IAMUser-S3BucketPublic`); before that stand Security Hub's own words, which have changed over time.
    Sources: Security Hub user guide, "AWS service integrations", "ASFF types taxonomy".
    """
    return {
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported"],
        "detail": {
            "findings": {
                "ProductArn": [{"suffix": f"::product/aws/{product}"}],
                "Types": [*types],
                "RecordState": ["ACTIVE"],
                **also,
            }
        },
    }
