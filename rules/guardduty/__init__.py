"""Rules on guardduty events."""
