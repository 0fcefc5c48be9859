"""The steps of setting up, by subject; each module registers its own."""
