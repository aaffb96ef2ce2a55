"""Rules on signin events."""
