"""One file for each document of the programme's tree."""
