"""Real PostgreSQL servers for the tests, one for each major version that is asked for."""

from tests.support.servers.binaries import SUPPORTED_MAJORS, find_binaries, found_majors
from tests.support.servers.sandbox import Sandbox
from tests.support.servers.server import Server, ServerError, start_server

__all__ = [
    "SUPPORTED_MAJORS",
    "Sandbox",
    "Server",
    "ServerError",
    "find_binaries",
    "found_majors",
    "start_server",
]
