"""Remediations of dynamodb resources."""
