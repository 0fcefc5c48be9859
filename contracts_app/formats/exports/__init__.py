"""Every module here registers one format in which a contract leaves the portal."""
