"""The log groups that by their names are there for audits: of CloudTrail, flows, EKS, WAF, DNS."""

AUDIT_LOGS = [
    {"wildcard": "*trail*"},
    {"wildcard": "*Trail*"},
    {"wildcard": "*flow*"},
    {"wildcard": "*audit*"},
    {"prefix": "/aws/eks/"},
    {"prefix": "/aws/route53"},
    {"prefix": "aws-waf-logs-"},
]
"""`logGroupName` as an event pattern takes it: pipelines make, shorten and delete other groups all day."""
