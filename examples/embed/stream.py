#!/usr/bin/env python3
"""Streams from a host into a file, by ctypes: stream.py FOLDER ADDRESS PIN FILE SECONDS. PIN is "-" once paired."""
import ctypes
import os
import sys
import time
from ctypes import POINTER, byref, c_char, c_char_p, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p


class Struct(ctypes.Structure):
    """Each begins with its size, which the library compares with what it knows."""

    def __init__(self, **members):
        super().__init__(struct_size=ctypes.sizeof(type(self)), **members)


class Error(Struct):
    _fields_ = [("struct_size", c_uint32), ("result", ctypes.c_int32), ("text", c_char * 504)]


class Mode(ctypes.Structure):
    _fields_ = [("width", c_uint32), ("height", c_uint32), ("refresh_millihertz", c_uint32)]


class ClientOptions(Struct):
    _fields_ = [("struct_size", c_uint32), ("reserved", c_uint32), ("name", c_char_p), ("state_folder", c_char_p),
                ("identity_pem", c_char_p)]


class ConnectOptions(Struct):
    _fields_ = [("struct_size", c_uint32), ("codec", c_uint32), ("host", c_char_p), ("address", c_char_p),
                ("mode", Mode), ("audio_channels", c_uint32), ("bitrate", c_uint64), ("no_audio", c_uint8),
                ("has_resume_token", c_uint8), ("resume_token", c_uint8 * 16), ("reserved", c_uint8 * 2),
                ("max_datagram", c_uint32), ("user", c_void_p), ("on_video", c_void_p), ("on_audio", c_void_p),
                ("on_event", c_void_p)]


class VideoUnit(Struct):
    _fields_ = [("struct_size", c_uint32), ("codec", c_uint32), ("data", POINTER(c_uint8)), ("size", c_size_t),
                ("owner", c_void_p), ("width", c_uint32), ("height", c_uint32), ("frame", c_uint32),
                ("keyframe", c_uint8), ("recovered", c_uint8), ("reserved", c_uint8 * 2), ("captured_at", c_uint64),
                ("received_at", c_uint64), ("complete_at", c_uint64)]


lib = ctypes.CDLL(os.environ.get("PUNKTFUNK_LIBRARY", "libpunktfunk.so.0"))
error = Error()
CLOSED = -11


def check(result: int) -> None:
    if result != 0:
        sys.exit(f"punktfunk: {error.text.decode()} ({result})")


def receive(session: c_void_p, out, seconds: float) -> tuple[int, int]:
    units, size, until = 0, 0, time.monotonic() + seconds
    unit = VideoUnit()
    while time.monotonic() < until:
        result = lib.punktfunk_session_next_video(session, 100, byref(unit))
        if result == CLOSED:
            break
        if result != 0:
            continue
        out.write(ctypes.string_at(unit.data, unit.size))
        units, size = units + 1, size + unit.size
        lib.punktfunk_video_unit_release(byref(unit))
    return units, size


def main() -> None:
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    folder, address, pin, file, seconds = sys.argv[1:]
    client, session = c_void_p(), c_void_p()
    options = ClientOptions(name=b"python example", state_folder=folder.encode())
    check(lib.punktfunk_client_create(byref(options), byref(client), byref(error)))
    if pin != "-":
        check(lib.punktfunk_client_pair(client, address.encode(), pin.encode(), None, None, byref(error)))
    wish = ConnectOptions(address=address.encode(), mode=Mode(1280, 720, 60_000))
    check(lib.punktfunk_client_connect(client, byref(wish), None, byref(session), byref(error)))
    with open(file, "wb") as out:
        units, size = receive(session, out, float(seconds))
    print(f"{units} units, {size} bytes")
    lib.punktfunk_session_destroy(session)
    lib.punktfunk_client_destroy(client)
    sys.exit(0 if units else 1)


main()
