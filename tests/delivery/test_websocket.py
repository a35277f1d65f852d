"""The WebSocket under Socket.IO, spoken to frame by frame (RFC 6455)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from exam_engine.websocket import NORMAL, NOT_UTF8, PROTOCOL_ERROR, TOO_BIG, WebSocket

MASK = b"\x11\x22\x33\x44"
# The example of RFC 6455, 1.3.
KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass
class Limits:
    max_http_buffer_size: int = 1000


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """A frame as a client sends it."""
    head = bytes((0x80 * final | reserved | opcode,))
    if len(payload) < 126:
        head += bytes((0x80 * masked | len(payload),))
    else:
        head += bytes((0x80 * masked | 126,)) + struct.pack("!H", len(payload))
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(payload))


def talk(sent: bytes, answer: Callable[[WebSocket], None] = lambda _: None) -> tuple[list[str | bytes], bytes]:
    """Everything a server hears of what a client sent, and everything it sent after the handshake."""
    here, there = socket.socketpair()
    there.sendall(sent)
    there.shutdown(socket.SHUT_WR)
    heard: list[str | bytes] = []

    def handler(conversation: WebSocket) -> list[bytes]:
        answer(conversation)
        while (message := conversation.wait()) is not None:
            heard.append(message)
        return []

    environ = {
        "HTTP_SEC_WEBSOCKET_KEY": KEY,
        "HTTP_SEC_WEBSOCKET_VERSION": "13",
        "HTTP_SEC_WEBSOCKET_EXTENSIONS": "permessage-deflate",
        "wsgi.input": here.makefile("rb", 64),
    }
    with here, there:
        WebSocket(handler, Limits())(environ, lambda *_: None)
        reply = b"".join(iter(lambda: there.recv(1 << 20), b""))
    head, _, rest = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: " + ACCEPT in head
    assert b"Extensions" not in head, "a compressed connection would weigh a quarter of a megabyte"
    return heard, rest


def closing(code: int) -> bytes:
    """The frame by which a server ends a conversation."""
    return bytes((0x80 | CLOSE, 2)) + struct.pack("!H", code)


def test_messages_arrive_whole_and_in_order() -> None:
    long = "é" * 200
    heard, replied = talk(
        frame(TEXT, b"3")
        + frame(BINARY, b"\x00\xff")
        + frame(TEXT, long.encode()[:151], final=False)
        + frame(PING, b"still there?")
        + frame(0, long.encode()[151:])
        + frame(CLOSE, struct.pack("!H", NORMAL))
    )
    assert heard == ["3", b"\x00\xff", long]
    assert replied == bytes((0x80 | PONG, 12)) + b"still there?" + closing(NORMAL)


def test_who_hangs_up_without_a_word_is_gone() -> None:
    heard, _ = talk(frame(TEXT, b"3") + frame(TEXT, b"half")[:-2])
    assert heard == ["3"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(TEXT, b"3", masked=False), PROTOCOL_ERROR),
        (frame(TEXT, b"3", reserved=0x40), PROTOCOL_ERROR),
        (frame(0, b"of nothing"), PROTOCOL_ERROR),
        (frame(TEXT, b"a", final=False) + frame(TEXT, b"b"), PROTOCOL_ERROR),
        (frame(PING, b"a", final=False), PROTOCOL_ERROR),
        (frame(3), PROTOCOL_ERROR),
        (frame(TEXT, b"\xff"), NOT_UTF8),
        (frame(TEXT, b"x" * 1001), TOO_BIG),
        (frame(TEXT, b"x" * 600, final=False) + frame(0, b"x" * 600), TOO_BIG),
    ],
)
def test_what_is_not_of_the_protocol_ends_the_conversation(sent: bytes, code: int) -> None:
    assert talk(frame(TEXT, b"3") + sent) == (["3"], closing(code))


@pytest.mark.parametrize(
    ("size", "head"),
    [(125, b"\x81\x7d"), (126, b"\x81\x7e\x00\x7e"), (65_536, b"\x81\x7f" + struct.pack("!Q", 65_536))],
)
def test_messages_of_any_length_are_sent(size: int, head: bytes) -> None:
    _, replied = talk(frame(CLOSE), lambda conversation: conversation.send("x" * size))
    assert replied == head + b"x" * size + closing(NORMAL)


def test_who_speaks_another_version_is_told_ours() -> None:
    told: list[object] = []
    environ = {"HTTP_SEC_WEBSOCKET_KEY": KEY, "HTTP_SEC_WEBSOCKET_VERSION": "8"}
    assert WebSocket(lambda _: None, Limits())(environ, lambda *reply: told.append(reply)) == []
    assert told == [("426 Upgrade Required", [("Sec-WebSocket-Version", "13"), ("Content-Length", "0")])]
