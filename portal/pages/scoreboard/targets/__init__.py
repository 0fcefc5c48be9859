"""The programme's targets, one file each."""
