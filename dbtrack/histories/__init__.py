"""The histories that migration tools keep in tables of their own, recorded as executions."""

from dbtrack.histories.columns import IMPORT_COLUMNS
from dbtrack.histories.continuing import import_known
from dbtrack.histories.importing import Imported, import_histories, import_history
from dbtrack.histories.tables import History, find_histories, named_history
from dbtrack.histories.tools import TOOLS, Tool, find_tool

__all__ = [
    "IMPORT_COLUMNS",
    "TOOLS",
    "History",
    "Imported",
    "Tool",
    "find_histories",
    "find_tool",
    "import_histories",
    "import_history",
    "import_known",
    "named_history",
]
