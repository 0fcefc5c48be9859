"""Why no signature was taken, as sentences for the person who wanted to sign."""


class SigningRefused(Exception):
    """No signature was taken; the text says why and what to do next."""


class WrongProof(SigningRefused):
    """What was sent does not prove that it is they: it is counted as a wrong try."""
