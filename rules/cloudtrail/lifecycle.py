"""How a call says that a bucket is to delete its objects within days."""

SET = ["PutBucketLifecycle", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"]
"""The values of `detail.eventName`: of the API as it was, as it is, and as IAM calls it."""

SOON = {
    "Rule": {
        "Status": ["Enabled"],
        "$or": [
            {"Expiration": {"Days": [{"numeric": ["<=", 7]}]}},
            {"Expiration": {"Date": [{"exists": True}]}},
        ],
    }
}
"""`detail.requestParameters.LifecycleConfiguration` as an event pattern takes it: a week at most, or from a date on."""
