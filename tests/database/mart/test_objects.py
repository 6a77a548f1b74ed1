"""The history of objects in the mart."""

from __future__ import annotations

from dbtrack.db import Database


def test_an_object_has_its_versions_and_one_row(installed: Database) -> None:
    for statement in (
        "CREATE TABLE orders (id int)",
        "ALTER TABLE orders ADD COLUMN due_on date",
        "ALTER TABLE orders RENAME TO sales",
        "CREATE TABLE gone (id int)",
        "DROP TABLE gone",
    ):
        installed.execute(statement)
    assert installed.rows(
        "SELECT object_identity, version_count, is_dropped FROM dbtrack_mart.objects WHERE object_type = 'table' ORDER BY 1"
    ) == [("public.gone", 2, True), ("public.sales", 3, False)]
    assert installed.rows(
        "SELECT v.object_identity, e.command_tag FROM dbtrack_mart.object_versions AS v"
        " JOIN dbtrack_mart.executions AS e USING (execution_key) JOIN dbtrack_mart.objects AS o USING (object_key)"
        " WHERE o.object_identity = 'public.sales' ORDER BY v.version_number"
    ) == [
        ("public.orders", "CREATE TABLE"),
        ("public.orders", "ALTER TABLE"),
        ("public.sales", "ALTER TABLE"),
    ]
    assert (
        installed.value(
            "SELECT string_agg(p.name, ',') FROM dbtrack_mart.object_versions AS v"
            " CROSS JOIN LATERAL script_tracking.object_parts(v.definition::jsonb) AS p WHERE p.kind = 'column'"
            " AND v.object_identity = 'public.orders' AND p.name = 'due_on'"
        )
        == "due_on"
    )
