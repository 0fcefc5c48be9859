"""Property tests are not timed: a busy machine must not make a rule look broken."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
