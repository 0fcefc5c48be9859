"""The kinds of data system, found by walking this folder: a new file here is a new kind."""
