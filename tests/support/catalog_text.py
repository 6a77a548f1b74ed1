"""What the catalogs say of the objects of a database, as lines without oids: two databases can be compared by it."""

from __future__ import annotations

from typing import Any

import psycopg

_MINE = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'script_tracking', 'dbtrack_mart')"
_QUERIES = (
    # Relations, with what belongs to them alone.
    f"""
    SELECT format('%s %s owner=%s acl=%s rls=%s/%s options=%s bound=%s key=%s persistence=%s replident=%s', c.relkind,
        c.oid::regclass, pg_get_userbyid(c.relowner),
        (SELECT array_agg(a ORDER BY a) FROM unnest(c.relacl::text[]) AS a WHERE split_part(a, '=', 1)
            <> pg_get_userbyid(c.relowner)),
        c.relrowsecurity, c.relforcerowsecurity, c.reloptions, pg_get_expr(c.relpartbound, c.oid),
        CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, c.relpersistence, c.relreplident)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {_MINE} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c')
    """,
    f"""
    SELECT format('column %s %s %s %s notnull=%s default=%s identity=%s generated=%s storage=%s acl=%s target=%s',
        c.oid::regclass, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
        format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity,
        a.attgenerated, a.attstorage, a.attacl, a.attstattarget)
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE {_MINE} AND c.relkind IN ('r', 'p', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
    """,
    f"""
    SELECT format('constraint %s %s %s', o.conrelid::regclass, o.conname, pg_get_constraintdef(o.oid))
    FROM pg_constraint AS o JOIN pg_class AS c ON c.oid = o.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {_MINE} AND o.contype NOT IN ('n', 't')
    """,
    f"""
    SELECT format('index %s valid=%s clustered=%s replica=%s', pg_get_indexdef(i.indexrelid), i.indisvalid,
        i.indisclustered, i.indisreplident)
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {_MINE}
    """,
    f"""
    SELECT format('trigger %s enabled=%s', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {_MINE} AND NOT t.tgisinternal
    """,
    f"""
    SELECT format('policy %s %s %s %s %s using=%s check=%s', c.oid::regclass, p.polname, p.polcmd, p.polpermissive,
        p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {_MINE}
    """,
    f"""
    SELECT format('view %s %s', c.oid::regclass, pg_get_viewdef(c.oid))
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {_MINE} AND c.relkind IN ('v', 'm')
    """,
    f"""
    SELECT format('routine %s owner=%s acl=%s', pg_get_functiondef(p.oid), pg_get_userbyid(p.proowner),
        (SELECT array_agg(a ORDER BY a) FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))::text[]) AS a
            WHERE split_part(a, '=', 1) <> pg_get_userbyid(p.proowner)))
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE {_MINE} AND p.prokind IN ('f', 'p')
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'i')
    """,
    f"""
    SELECT format('type %s %s labels=%s base=%s default=%s notnull=%s checks=%s owner=%s', t.typtype, t.oid::regtype,
        (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid),
        CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END, t.typdefault, t.typnotnull,
        (SELECT array_agg(o.conname || ' ' || pg_get_constraintdef(o.oid) ORDER BY o.conname)
            FROM pg_constraint AS o WHERE o.contypid = t.oid), pg_get_userbyid(t.typowner))
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE {_MINE} AND t.typtype IN ('e', 'd', 'r')
    """,
    (
        f"SELECT format('schema %s owner=%s acl=%s', n.nspname, pg_get_userbyid(n.nspowner), n.nspacl) "
        f"FROM pg_namespace AS n WHERE {_MINE} AND n.nspname NOT LIKE 'pg@_%' ESCAPE '@'"
    ),
    """
    SELECT format('comment %s %s', i.identity, d.description)
    FROM pg_description AS d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
    WHERE d.objoid >= 16384 AND i.identity NOT LIKE ALL (ARRAY['%script_tracking%', '%dbtrack_mart%'])
    """,
    (
        "SELECT format('inherits %s %s', i.inhrelid::regclass, i.inhparent::regclass) FROM pg_inherits AS i "
        "JOIN pg_class AS c ON c.oid = i.inhrelid WHERE c.relnamespace <> 'script_tracking'::regnamespace"
    ),
)


def catalog_text(connection: psycopg.Connection[Any]) -> list[str]:
    """Return the lines about all objects that are not the server's or dbtrack's, in order."""
    connection.execute("SET search_path = pg_catalog")
    found = [row[0] for query in _QUERIES for row in connection.execute(query).fetchall()]
    connection.execute("RESET search_path")
    return sorted(found)
