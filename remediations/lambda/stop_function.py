"""Reserve no concurrency for a Lambda function, so that nothing can start it."""

from __future__ import annotations

from chalicelib.model import Json, Remediation, Resource, Session


def read(aws: Session, function: Resource) -> Json:
    """Return `{"reserved": 5}`: how many executions at a time are reserved for it, null where nothing is set."""
    answer = aws.client("lambda").get_function_concurrency(FunctionName=function.id)
    return {"reserved": answer.get("ReservedConcurrentExecutions")}


def desired(now: Json, function: Resource) -> Json:
    return {"reserved": 0}


def write(aws: Session, function: Resource, now: Json, then: Json) -> None:
    client = aws.client("lambda")
    if then["reserved"] is None:
        client.delete_function_concurrency(FunctionName=function.id)
    else:
        client.put_function_concurrency(FunctionName=function.id, ReservedConcurrentExecutions=then["reserved"])


remediation = Remediation(
    id="lambda.stop_function",
    title="Stop a Lambda function",
    resource_type="AWS::Lambda::Function",
    reads=("lambda:GetFunctionConcurrency",),
    writes=("lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"),
    pin=("arn:{partition}:lambda:{region}:{account}:function:{id}",),
    impact=(
        "No version or alias of the function starts any more; callers are throttled. Executions that run go on until"
        " they end, at most 15 minutes, and credentials of its role that were stolen stay good: revoke the role's"
        " sessions too. Asynchronous events are tried for up to six hours, then go to its dead-letter queue or are"
        " lost; queues and streams wait until their own retention. A function with provisioned concurrency, Lambda"
        " refuses to stop in this way. Undo fails if the account's unreserved concurrency no longer has room."
    ),
    read=read,
    desired=desired,
    write=write,
)
