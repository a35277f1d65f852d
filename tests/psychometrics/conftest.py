"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import settings

# A deadline an example would fail on a busy machine, not on a wrong number.
settings.register_profile("numbers", deadline=None)
settings.load_profile("numbers")
