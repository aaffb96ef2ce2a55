"""Remediations: how each kind of resource is brought to its desired state, one file each."""
