"""The operator's command: replay, match, pattern, incidents, show, approve, undo, coverage, doctor, report."""
