"""An EKS cluster's API can be reached from the whole internet: ask, since pipelines may come that way."""

from chalicelib.model import Mode, Rule, Severity
from remediations.eks.restrict_public_endpoint import remediation as restrict_public_endpoint
from rules.controls import OPEN_NETWORK

rule = Rule(
    id="cloudtrail.cluster_endpoint_opened",
    title="EKS cluster's API was opened to the internet",
    pattern={
        "source": ["aws.eks"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventName": ["UpdateClusterConfig"],
            "errorCode": [{"exists": False}],
            "$or": [
                {"requestParameters": {"resourcesVpcConfig": {"publicAccessCidrs": [{"suffix": "/0"}]}}},
                # Who names no ranges keeps those there are: the whole world, unless somebody chose some.
                {
                    "requestParameters": {
                        "resourcesVpcConfig": {
                            "endpointPublicAccess": [True],
                            "publicAccessCidrs": [{"exists": False}],
                        }
                    }
                },
            ],
        },
    },
    resources={"AWS::EKS::Cluster": "detail.requestParameters.name"},
    respond=(restrict_public_endpoint,),
    mode=Mode.APPROVE,
    severity=Severity.MEDIUM,
    attack=("T1133", "T1562.007"),
    controls={name: listed for name, listed in OPEN_NETWORK.items() if name != "cis-aws"},
    look_at=(
        "Ask whoever opened it who needs to reach it, and name those ranges. Credentials still guard it: look in the"
        " audit log for callers from unknown addresses, and for anonymous ones that were let in."
    ),
    ask_actor=True,
)
