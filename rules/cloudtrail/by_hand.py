"""What a call says that somebody made, with a program of their own or in the console."""

BY_HAND = {"invokedBy": [{"exists": False}]}
"""`detail.userIdentity` as an event pattern takes it: no AWS service made the call for somebody (CloudTrail user guide,
"CloudTrail userIdentity element"). CloudFormation, Auto Scaling and EKS change networks all day, as they were told."""
