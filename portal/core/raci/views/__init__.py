"""The pages of the matrix."""
