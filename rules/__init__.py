"""The rules: which events mean trouble, and what answers each. One literal a file, named as its path.

`attack` are MITRE ATT&CK technique ids. `controls` are those of CIS AWS Foundations Benchmark 3.0.0 (`cis-aws`),
PCI DSS 4.0 (`pci-dss`), the SOC 2 trust services criteria (`soc2`), the HIPAA Security Rule (`hipaa`, sections of
45 CFR) and the GDPR (`gdpr`, articles): only those that the response itself is evidence for.
"""
