"""The contract format, its rules and its life, as plain Python.

Nothing here knows of Django, a database or a network, so that `custody lint` starts in a blink on a pipeline's machine
and an auditor can read the rules apart from the portal.
"""
