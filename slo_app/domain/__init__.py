"""The rules of service levels in plain Python: what a measurement is, when an alert fires, what a budget is.

Nothing here imports Django, Celery or a database driver, so that the rules can be read, run and tested by
themselves.
"""
