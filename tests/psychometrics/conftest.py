"""Settings of the property tests."""

from __future__ import annotations

import os

from hypothesis import settings

# A deadline an example would fail on a busy machine, not on a wrong number. Where a change is judged the
# examples are the same each time; on a developer's machine they are new ones, to find what nobody thought of.
settings.register_profile("numbers", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("numbers")
