"""Send an outbox to dbtrack with the standard library alone: python3 dbtrack_outbox.py FILE.

FILE has one record a line, as JSON. It is renamed to FILE.sending, and removed when dbtrack has all of it.
Environment: DBTRACK_URL, such as https://dbtrack.example.com; DBTRACK_TOKEN.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

URL = os.environ["DBTRACK_URL"] + "/api/v1/tracking/operations/outbox"
HEADERS = {"Authorization": "Bearer " + os.environ["DBTRACK_TOKEN"], "Content-Type": "application/json"}


def send(records, attempts=5):
    """Return what dbtrack answered for each record; sending again is safe."""
    body = json.dumps({"records": records}).encode()
    for attempt in range(attempts):
        try:
            request = urllib.request.Request(URL, body, HEADERS, method="POST")
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["data"]["records"]
        except urllib.error.HTTPError as error:
            # 429 and 5xx pass; anything else is a fault of the request or of the token.
            if error.code != 429 and error.code < 500:
                raise SystemExit(json.load(error)["error"]) from None
            wait = float(error.headers.get("Retry-After") or 2**attempt)
        except OSError:
            wait = 2**attempt
        time.sleep(wait)
    raise SystemExit("dbtrack cannot be reached; nothing was taken out of the outbox")


def main(outbox):
    """Send what is in the file, and what an earlier run left."""
    sending = Path(f"{outbox}.sending")
    if not sending.exists():
        # The service may write meanwhile: it begins a new file.
        Path(outbox).replace(sending)
    records = [json.loads(line) for line in sending.read_text("utf-8").splitlines() if line.strip()]
    for begin in range(0, len(records), 500):
        for answer in send(records[begin : begin + 500]):
            print(answer["outcome"], answer["operation_id"], answer["execution_key"] or answer["refusal"])
    # If this program is killed before, all is sent again, and known.
    sending.unlink()


main(sys.argv[1])
