"""Other formats of a contract, as plain mappings between parsed data: no file, no network and no database here."""
