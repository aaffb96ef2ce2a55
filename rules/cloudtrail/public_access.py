"""What a request says that loosens S3 Block Public Access, of a bucket or of an account."""

LOOSENED = {
    "PublicAccessBlockConfiguration": {
        "$or": [
            {"BlockPublicAcls": [False]},
            {"BlockPublicPolicy": [False]},
            {"IgnorePublicAcls": [False]},
            {"RestrictPublicBuckets": [False]},
        ]
    }
}
"""`detail.requestParameters` as an event pattern takes them: a request that leaves any of the four settings off."""
