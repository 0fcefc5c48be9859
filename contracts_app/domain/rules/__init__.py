"""Accuracy rules: the small language, its types, and (apart, in `compile`) its SQL."""
