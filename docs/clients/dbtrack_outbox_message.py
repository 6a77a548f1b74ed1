"""Sign records for a bus with the standard library alone.

python3 dbtrack_outbox_message.py < RECORDS > MESSAGES. RECORDS has one record a line, as JSON; MESSAGES has
the headers and the body of one message a line. A service that publishes calls headers_of() itself, with the
body exactly as it is published. Environment: DBTRACK_TOKEN; DBTRACK_TENANT, if the token has several tenants.
"""

import hashlib
import hmac
import json
import os
import sys


def headers_of(token, body, tenant=""):
    """Return the headers of a message with this body, which is bytes."""
    _, token_id, secret = token.split("_")
    key = hashlib.sha256(bytes.fromhex(secret)).digest()
    text = f"dbtrack outbox 1\n{tenant}\n".encode() + body
    signature = hmac.new(key, text, "sha256").hexdigest()
    headers = {"dbtrack-outbox": f"1.{token_id}.{signature}"}
    return {**headers, "dbtrack-tenant": tenant} if tenant else headers


if __name__ == "__main__":
    for line in sys.stdin:
        content = line.strip()
        signed = headers_of(
            os.environ["DBTRACK_TOKEN"], content.encode(), os.environ.get("DBTRACK_TENANT", "")
        )
        print(json.dumps({"headers": signed, "body": content}))
