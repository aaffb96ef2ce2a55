"""Rules on securityhub events."""
