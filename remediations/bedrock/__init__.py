"""Remediations of bedrock resources."""
