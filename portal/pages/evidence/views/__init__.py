"""The pages of the evidence room, one file a subject."""
