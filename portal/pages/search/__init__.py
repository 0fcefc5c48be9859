"""Search over everything: one file a kind of thing under `kinds/`, found by walking the folder."""
