"""What a signature says, without a database."""
