"""Secrets are references, followed at the moment of use only (OWASP ASVS 5.2.6)."""
