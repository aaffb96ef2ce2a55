"""Rules on accessanalyzer events."""
