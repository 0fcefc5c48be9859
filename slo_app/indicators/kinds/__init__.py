"""One file per indicator kind; dropping one in here is all it takes to add a kind."""
