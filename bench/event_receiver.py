"""A receiver of webhooks in a process of its own, which can be killed: each event is a line of a file.

`python -m bench.event_receiver PORT FILE`
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time


def main() -> None:
    """Receive until the process is killed."""
    port, path = int(sys.argv[1]), sys.argv[2]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # the name that the library asks for
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            line = {"at": time(), **{name: document[name] for name in ("id", "number", "chain")}}
            # One write is one line, also of several threads; it outlives the process.
            os.write(descriptor, f"{json.dumps(line)}\n".encode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of a worker that was killed."""

    Server(("127.0.0.1", port), Handler).serve_forever(0.05)


if __name__ == "__main__":
    main()
