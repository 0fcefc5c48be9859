"""The points of the day-end checklist, one file each."""
