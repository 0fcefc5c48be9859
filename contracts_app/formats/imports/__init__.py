"""Every module here registers one source from which a draft can be made."""
