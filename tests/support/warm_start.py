"""Runs dbtrack as a process of its own, without the third of a second that an interpreter takes to import it.

A server imports dbtrack once, and forks for each run. A run has its own words, environment, directory and streams, and ends
as `python -m dbtrack` ends: by its exit code or by its signal.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

from tests.support.paths import ROOT

# One pipe holds as much before somebody reads it.
_PIPE_BYTES = 1 << 16
# What the interpreter and the C library read when they start, and no fork reads again.
_READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "TZ")


def is_as_good(environment: Mapping[str, str], stdin: bytes) -> bool:
    """Tell whether a fork does what a new interpreter would do."""
    return (
        hasattr(os, "pidfd_open")
        and len(stdin) <= _PIPE_BYTES
        and _read_at_start(environment) == _read_at_start(_server_environment())
    )


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_AT_START)}


@cache
def _server_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def run_warm(
    words: Sequence[str | bytes], environment: Mapping[str, str], stdin: bytes, timeout_seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run dbtrack to its end, as `subprocess.run` with `capture_output` does."""
    child_in, own_in = os.pipe()
    own_out, child_out = os.pipe()
    own_err, child_err = os.pipe()
    here, there = socket.socketpair()
    request = os.memfd_create("request")
    os.write(request, json.dumps([[os.fsdecode(word) for word in words], dict(environment)]).encode())
    passed = [there.fileno(), request, os.open(".", os.O_PATH), child_in, child_out, child_err]
    socket.send_fds(_server(), [b"\n"], passed)
    there.detach()
    for descriptor in passed:
        os.close(descriptor)
    with here, here.makefile() as answers:
        with suppress(BrokenPipeError):
            os.write(own_in, stdin)
        os.close(own_in)
        pid = int(answers.readline())
        out, err = _read_both(own_out, own_err, pid, timeout_seconds)
        status = os.waitstatus_to_exitcode(int(answers.readline()))
    return subprocess.CompletedProcess(["dbtrack", *words], status, out, err)


def _read_both(out: int, err: int, pid: int, timeout_seconds: float) -> tuple[bytes, bytes]:
    deadline = time.monotonic() + timeout_seconds
    found = {out: b"", err: b""}
    with selectors.DefaultSelector() as selector:
        for descriptor in found:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(deadline - time.monotonic())
            if not ready:
                os.kill(pid, 9)
                raise subprocess.TimeoutExpired("dbtrack", timeout_seconds, found[out], found[err])
            for key, _ in ready:
                data = os.read(key.fd, _PIPE_BYTES)
                found[key.fd] += data
                if not data:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return found[out], found[err]


@cache
def _server() -> socket.socket:
    """Start the server; it ends when the other end of its standard input does, however this process goes."""
    here, there = socket.socketpair()
    with there:
        command = [sys.executable, "-m", __name__]
        process = subprocess.Popen(command, stdin=there.fileno(), env=_server_environment(), cwd=ROOT)
    atexit.register(_stop, process, here)
    return here


def _stop(process: subprocess.Popen[bytes], requests: socket.socket) -> None:
    requests.close()
    process.wait()


def serve(requests: socket.socket) -> list[str]:
    """Fork for each request; return in the fork, with the words of its command line."""
    selector = selectors.DefaultSelector()
    selector.register(requests, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is not requests:
                selector.unregister(key.fileobj)
                _report_end(*key.data)
                continue
            data, descriptors, _, _ = socket.recv_fds(requests, 1, 6)
            if not data:
                sys.exit()
            answers = socket.socket(fileno=descriptors[0])
            pid = os.fork()
            if pid == 0:
                selector.close()
                requests.close()
                answers.close()
                return _become(*descriptors[1:])
            for descriptor in descriptors[1:]:
                os.close(descriptor)
            with suppress(BrokenPipeError):
                answers.sendall(b"%d\n" % pid)
            process = os.pidfd_open(pid)
            selector.register(process, selectors.EVENT_READ, (pid, process, answers))


def _report_end(pid: int, process: int, answers: socket.socket) -> None:
    _, status = os.waitpid(pid, 0)
    os.close(process)
    with answers, suppress(BrokenPipeError):
        answers.sendall(b"%d\n" % status)


def _become(request: int, directory: int, *streams: int) -> list[str]:
    """Take the streams, the directory and the environment of the request, and return its words."""
    with os.fdopen(request) as file:
        file.seek(0)
        words, environment = json.load(file)
    os.fchdir(directory)
    os.close(directory)
    for wanted, stream in enumerate(streams):
        os.dup2(stream, wanted)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace")
    return list(words)


def _import_all() -> None:
    import dbtrack

    for module in pkgutil.walk_packages(dbtrack.__path__, "dbtrack."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.freeze()


if __name__ == "__main__":
    _import_all()
    sys.argv[1:] = serve(socket.socket(fileno=os.dup(0)))
    from dbtrack.cli.main import main

    sys.exit(main())
