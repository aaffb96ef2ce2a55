"""Rules on cloudtrail events."""
