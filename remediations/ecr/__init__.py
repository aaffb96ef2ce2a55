"""Remediations of ecr resources."""
