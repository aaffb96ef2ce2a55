"""The script that SageMaker runs as root when a notebook starts was changed; which notebooks use it no call says."""

from chalicelib.model import Rule, Severity
from rules.controls import INTRUSION_SEEN

rule = Rule(
    id="cloudtrail.notebook_script_changed",
    title="Start script of SageMaker notebooks was changed",
    pattern={
        "source": ["aws.sagemaker"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "errorCode": [{"exists": False}],
            "$or": [
                {"eventName": ["UpdateNotebookInstanceLifecycleConfig"]},
                {
                    "eventName": ["UpdateNotebookInstance"],
                    "requestParameters": {"lifecycleConfigName": [{"exists": True}]},
                },
            ],
        },
    },
    severity=Severity.MEDIUM,
    attack=("T1037", "T1648"),
    controls=INTRUSION_SEEN,
    look_at=(
        "Read the script (it is base64 in the request), and put the old one back unless a change asked for it. It runs"
        " as root with the notebook's role at the next start: leave notebooks that use it stopped until then."
    ),
    ask_actor=True,
)
