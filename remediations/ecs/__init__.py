"""Remediations of ecs resources."""
