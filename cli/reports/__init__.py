"""Reports for people who were not there: of one incident, and of a quarter for an auditor."""
