"""Faults and load on purpose: what people rely on is tried where it is hardest to keep, and counted."""
