"""How an event pattern leaves out what IAM Identity Center does in an account to let people in."""

NOT_ITS_OWN = {"invokedBy": [{"exists": False}, {"anything-but": ["sso.amazonaws.com"]}]}
"""`detail.userIdentity`: Identity Center makes its provider and its roles in every account as AWSServiceRoleForSSO, and
lets nobody else change them. What it is told to make has rules of its own."""
