"""Kinds of identifier, one file each; the folder is walked."""
