"""One script a headline figure; each compares with a peer or a limit measured in the same run."""
