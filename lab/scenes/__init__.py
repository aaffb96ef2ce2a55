"""Scenes: the insecure resource of each type, one file each."""
