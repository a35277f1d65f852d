"""Uploaded workbooks: kept for a while, so that what is imported is, byte for byte, what was reported on."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta

import gevent
from gevent import monkey
from sqlalchemy import delete
from sqlalchemy.orm import Session

from item_bank.models import BankUpload
from item_bank.reading import BankFile, read_bank

KEPT_FOR = timedelta(hours=2)
SUFFIX = ".xlsx"


def keep(session: Session, staff_id: int, name: str, content: bytes, at: datetime) -> str:
    """Keep a file for the member of staff, in place of their last one; returns its digest, SHA-256 in hex.

    Files that have expired, whoever's they are, are removed.
    """
    session.execute(delete(BankUpload).where(BankUpload.at <= at - KEPT_FOR))
    digest = hashlib.sha256(content).hexdigest()
    session.merge(BankUpload(staff_id=staff_id, digest=digest, file_name=name[:200], content=content, at=at))
    return digest


def kept(session: Session, staff_id: int, digest: str, now: datetime) -> BankUpload | None:
    """The file of that digest if this member of staff uploaded it last, and not too long ago."""
    upload = session.get(BankUpload, staff_id)
    if upload is None or upload.digest != digest or upload.at <= now - KEPT_FOR:
        return None
    return upload


def read_upload(upload: BankUpload) -> BankFile:
    """What the file says. A large one takes seconds: beside the hub, so that answers are saved meanwhile."""
    if not monkey.is_module_patched("threading"):
        return _read(upload)
    bank_file: BankFile = gevent.get_hub().threadpool.apply(_read, (upload,))
    return bank_file


def _read(upload: BankUpload) -> BankFile:
    return read_bank(io.BytesIO(upload.content), upload.file_name)
