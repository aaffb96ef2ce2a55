"""What a request says that loosens S3 Block Public Access, of a bucket or of an account."""

OFF = [False, {"exists": False}]  # what a request leaves out is off (S3 API reference, PublicAccessBlockConfiguration)

LOOSENED = {
    "PublicAccessBlockConfiguration": {
        "$or": [
            {"BlockPublicAcls": OFF},
            {"BlockPublicPolicy": OFF},
            {"IgnorePublicAcls": OFF},
            {"RestrictPublicBuckets": OFF},
        ]
    }
}
"""`detail.requestParameters` as an event pattern takes them: a request that leaves any of the four settings off."""
