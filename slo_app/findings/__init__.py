"""What is looked at for the privacy officer: is what a contract says of retention, residency, encryption still true?"""
