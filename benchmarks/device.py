"""What a device sends: always one new event, never the same twice."""

from __future__ import annotations

import time

from benchmarks.installation import Candidate

ITEMS, LETTERS = 6, "ABCDE"  # of the keyed items of `tests.world`
_SERVER_SEQ = b'"server_seq":'


class Device:
    """One candidate's device: it numbers its events and tells which of the server's it has heard."""

    def __init__(self, candidate: Candidate) -> None:
        self.cookie = candidate.cookie
        self.attempt_id = candidate.attempt_id
        self._heard = candidate.heard
        self._seq = 0

    def next_save(self, last_reply: bytes = b"") -> bytes:
        """The body of the next save."""
        if last_reply:
            self.hear(last_reply)
        self._seq += 1
        item, letter = 1 + self._seq % ITEMS, LETTERS[self._seq % len(LETTERS)]
        return (
            f'{{"heard":{self._heard},"events":[{{"seq":{self._seq},"kind":"answered","item":{item},'
            f'"value":"{letter}","at":{time.time() * 1000:.0f}}}]}}'
        ).encode()

    def hear(self, reply: bytes) -> None:
        """Note which of the server's events a reply has told of."""
        at = reply.find(_SERVER_SEQ)
        if at >= 0:
            self._heard = int(reply[at + len(_SERVER_SEQ) :].split(b",", 1)[0])
