"""One file a kind of thing that people look for; each asks the rights itself and says how its list is filtered."""
