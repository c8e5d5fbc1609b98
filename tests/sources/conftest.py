"""Property tests of file readers touch the disk: their time varies, so they have no deadline."""

from hypothesis import settings

settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")
