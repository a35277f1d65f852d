"""The bank mounted in an engine, and browsers in which an author and a reviewer have signed in."""

from __future__ import annotations

import pytest
from flask import Flask

from exam_engine.accounts.models import Role
from tests.conftest import StaffClient, signed_in_client


@pytest.fixture
def bank(any_database_app: Flask) -> Flask:
    return any_database_app


@pytest.fixture
def author(bank: Flask) -> StaffClient:
    return signed_in_client(bank, Role.AUTHOR)


@pytest.fixture
def reviewer(bank: Flask) -> StaffClient:
    return signed_in_client(bank, Role.REVIEWER)
