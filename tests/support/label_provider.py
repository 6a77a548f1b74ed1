"""Libraries that a server loads: one that makes SECURITY LABEL possible, one that refuses event triggers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.support.servers import Server

_ALLOWS_EVERYTHING = """
#include "postgres.h"
#include "fmgr.h"
#include "commands/seclabel.h"
PG_MODULE_MAGIC;
void _PG_init(void);
static void allow(const ObjectAddress *object, const char *label) { }
void _PG_init(void) { register_label_provider("anything", allow); }
"""


# As supautils does for a superuser whose function does not belong to one: no SQLSTATE of its own.
_REFUSES_EVENT_TRIGGERS = """
#include "postgres.h"
#include "fmgr.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
PG_MODULE_MAGIC;
void _PG_init(void);
static void refuse(PlannedStmt *statement, const char *text, bool is_read_only, ProcessUtilityContext context,
    ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *receiver, QueryCompletion *completion)
{
    if (IsA(statement->utilityStmt, CreateEventTrigStmt))
        ereport(ERROR, (errmsg("Superuser owned event trigger must execute a superuser owned function")));
    standard_ProcessUtility(statement, text, is_read_only, context, parameters, environment, receiver, completion);
}
void _PG_init(void) { ProcessUtility_hook = refuse; }
"""


def build_label_provider(server: Server) -> Path | None:
    """Return the library, beside the server's socket, or None without its headers or a C compiler."""
    return _build(server, "labels", _ALLOWS_EVERYTHING)


def build_event_trigger_refusal(server: Server) -> Path | None:
    """Return a library that refuses event triggers in the session that loads it, or None as above."""
    return _build(server, "refusal", _REFUSES_EVENT_TRIGGERS)


def _build(server: Server, name: str, text: str) -> Path | None:
    headers, compiler = server_headers(server), shutil.which("cc")
    if headers is None or compiler is None:
        return None
    source, library = server.directory / f"{name}.c", server.directory / f"{name}.so"
    source.write_text(text)
    subprocess.run([compiler, "-shared", "-fPIC", "-I", headers, "-o", library, source], check=True)
    source.unlink()
    return library


def server_headers(server: Server) -> Path | None:
    """Return the folder of the server's own headers, which each packager puts elsewhere."""
    roots = (server.bin_dir.parent / "include", Path("/usr/include/postgresql") / str(server.major))
    return next((file.parent for root in roots for file in root.rglob("server/fmgr.h")), None)
