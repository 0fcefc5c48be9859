"""One file per kind of finding; dropping one in here is all it takes to add a kind."""
