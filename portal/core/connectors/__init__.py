"""One file per kind of data system: how it is measured, resolved, erased, and shown to be erased."""
