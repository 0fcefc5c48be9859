"""What identity knows without a database: the form of service tokens. Pure, so that the command line may use it."""
