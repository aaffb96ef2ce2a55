"""What Lambda hands over beside the event."""

from __future__ import annotations

from bench.case import ACCOUNT, REGION


class Context:
    """Lambda's context, as far as handlers look at it (Lambda developer guide, "Lambda context object in Python")."""

    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000
