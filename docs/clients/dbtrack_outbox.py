"""Send an outbox to dbtrack with the standard library alone: python3 dbtrack_outbox.py FILE.

FILE has one record a line, as JSON; the service opens it for each record, to append. It is renamed to
FILE.sending, and removed when dbtrack has all of it. What dbtrack cannot read is kept in FILE.malformed.
Environment: DBTRACK_URL, such as https://dbtrack.example.com; DBTRACK_TOKEN.
"""

import fcntl
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

URL = os.environ["DBTRACK_URL"] + "/api/v1/tracking/operations/outbox"
HEADERS = {"Authorization": "Bearer " + os.environ["DBTRACK_TOKEN"], "Content-Type": "application/json"}
MOST_RECORDS = 500
# One body has at most 1 MiB.
MOST_BYTES = 1_000_000


def post(lines, attempts=5):
    """Return what dbtrack answered for each record, or None if it cannot read them; sending again is safe."""
    body = b'{"records": [' + b",".join(lines) + b"]}"
    for attempt in range(attempts):
        try:
            request = urllib.request.Request(URL, body, HEADERS, method="POST")
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["data"]["records"]
        except urllib.error.HTTPError as error:
            if error.code in (413, 422):
                return None
            # 429 and 5xx pass; anything else is a fault of the token or of the address.
            if error.code != 429 and error.code < 500:
                raise SystemExit(
                    f"dbtrack: {error.code}: {error.read().decode(errors='replace')[:500]}"
                ) from None
            wait = float(error.headers.get("Retry-After") or 2**attempt)
        except OSError:
            wait = 2**attempt
        time.sleep(wait)
    raise SystemExit("dbtrack cannot be reached; nothing was taken out of the outbox")


def send(lines, malformed):
    """Send records; of those that dbtrack cannot read, find each one, so that the others arrive."""
    answers = post(lines)
    if answers is not None:
        for answer in answers:
            print(answer["outcome"], answer["operation_id"], answer["execution_key"] or answer["refusal"])
    elif len(lines) > 1:
        half = len(lines) // 2
        send(lines[:half], malformed)
        send(lines[half:], malformed)
    else:
        keep(lines[0], malformed)


def keep(line, malformed):
    """Keep a record that dbtrack cannot read, for somebody to look at."""
    with malformed.open("ab") as file:
        file.write(line + b"\n")
    print(f"a record cannot be read, and is now in {malformed}", file=sys.stderr)


def readable(lines, malformed):
    """Yield the lines that are JSON objects."""
    for line in lines:
        if is_object(line):
            yield line
        else:
            keep(line, malformed)


def is_object(line):
    """Return whether a line is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def batches(lines):
    """Yield as many records as may be sent at once."""
    batch, size = [], 0
    for line in lines:
        if batch and (len(batch) == MOST_RECORDS or size + len(line) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line) + 1
    if batch:
        yield batch


def main(outbox):
    """Send what is in the file, and what an earlier run left."""
    sending = Path(f"{outbox}.sending")
    if not sending.exists():
        if not Path(outbox).exists():
            return
        # The service may write meanwhile: it begins a new file.
        Path(outbox).replace(sending)
    sent, malformed = b"", Path(f"{outbox}.malformed")
    # Again, if the service had opened the file before it was renamed, and wrote to it since.
    while (content := sending.read_bytes()) != sent:
        lines = [line for line in content[len(sent) :].splitlines() if line.strip()]
        for batch in batches(readable(lines, malformed)):
            send(batch, malformed)
        sent = content
    # If this program is killed before, all is sent again, and known.
    sending.unlink()


def lock(file, outbox):
    """Let one relay of a file run at a time: another one would remove what this one has not sent."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"another relay sends {outbox}") from None


with Path(f"{sys.argv[1]}.lock").open("a") as own:
    lock(own, sys.argv[1])
    main(sys.argv[1])
