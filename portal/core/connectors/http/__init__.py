"""JSON over HTTP as datasets."""
