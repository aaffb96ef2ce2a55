"""Rules on config events."""
