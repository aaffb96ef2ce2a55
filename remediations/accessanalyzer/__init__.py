"""Remediations of accessanalyzer resources."""
