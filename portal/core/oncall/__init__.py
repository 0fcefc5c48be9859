"""Who is on call, and how something that is wrong reaches a person."""
