"""What a policy document says that allows everything, as far as an event pattern can read a text."""

from chalicelib.model import Json

_FORMS = (
    r'"Action":"\*"',
    r'"Action": "\*"',
    r'"Action":["\*"',
    r'"Action": ["\*"',
    r'"Action":"\*:\*"',
    r'"Action": "\*:\*"',
)

EVERYTHING: list[Json] = [
    {"wildcard": form}
    for action in _FORMS
    # Who makes policies by program has their keys sorted: the action comes first.
    for form in (f'*"Allow"*{action}*', f'*{action}*"Allow"*')
]
"""Values of `policyDocument`, which CloudTrail writes as one text, that allow somebody every action.

A document that also denies, or that is spread over lines in an unusual way, may be taken for one or missed: what
answers reads the policy itself.
"""

ADMINISTRATOR_ACCESS: list[Json] = [{"suffix": ":iam::aws:policy/AdministratorAccess"}]
"""Values of `policyArn`: AWS's own policy that allows everything, in every partition."""
