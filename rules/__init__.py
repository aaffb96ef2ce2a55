"""The rules: which events mean trouble, and what answers each. One literal a file, named as its path.

`attack` are MITRE ATT&CK technique ids; `controls` are those of the frameworks that `rules.controls` names.
"""
