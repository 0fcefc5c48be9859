"""The provenance answer: what, when, where, who and why of a run, a dataset at a time, a model version, an output."""
