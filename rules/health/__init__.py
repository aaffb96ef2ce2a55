"""Rules on health events."""
