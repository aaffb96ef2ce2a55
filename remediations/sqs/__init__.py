"""Remediations of sqs resources."""
