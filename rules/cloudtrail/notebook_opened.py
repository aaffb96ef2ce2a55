"""A SageMaker notebook stands in the internet, or a program asked for a way into it: ask whether to stop it."""

from chalicelib.model import Mode, Rule, Severity
from remediations.sagemaker.stop_notebook import remediation as stop_notebook
from rules.controls import CREDENTIALS

rule = Rule(
    id="cloudtrail.notebook_opened",
    title="SageMaker notebook was opened",
    pattern={
        "source": ["aws.sagemaker"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {
                    "eventName": ["CreateNotebookInstance"],
                    "requestParameters": {"directInternetAccess": ["Enabled"], "rootAccess": ["Enabled"]},
                },
                # Whoever opens a notebook in the console asks for one, too.
                {
                    "eventName": ["CreatePresignedNotebookInstanceUrl"],
                    "sessionCredentialFromConsole": [{"exists": False}],
                },
            ],
        },
    },
    resources={"AWS::SageMaker::NotebookInstance": "detail.requestParameters.notebookInstanceName"},
    respond=(stop_notebook,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1078.004", "T1651"),
    controls=CREDENTIALS,
    look_at=(
        "Ask whoever did it: with the link anybody works as the notebook's role, without signing in. If it was not"
        " them, approve, revoke that role's sessions, and see in CloudTrail what the role did since."
    ),
    ask_actor=True,
)
