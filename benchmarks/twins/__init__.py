"""One description of a contract, written in the house format and in ODCS 3.2 with equal content."""
