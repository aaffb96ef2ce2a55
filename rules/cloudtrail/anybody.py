"""How a resource's policy, which CloudTrail records as the text that was typed, says that anybody is meant."""

ANYBODY = [
    {"wildcard": '*"Principal":"\\*"*'},
    {"wildcard": '*"Principal": "\\*"*'},
    {"wildcard": '*"Principal" : "\\*"*'},
    {"wildcard": '*"AWS":"\\*"*'},
    {"wildcard": '*"AWS": "\\*"*'},
    {"wildcard": '*"AWS" : "\\*"*'},
    {"wildcard": '*"AWS":["\\*"*'},
    {"wildcard": '*"AWS": ["\\*"*'},
    {"wildcard": '*"AWS" : [ "\\*"*'},
]
"""The value of a policy in an event pattern. A pattern cannot say "and no condition limits it": the remediation judges
that from the policy itself, and finds nothing to do where one does."""
