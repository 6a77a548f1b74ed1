-- How many seconds an abbreviation of a time zone is ahead of UTC. Those of the server's own time zone may not be in
-- its list of abbreviations.
SELECT extract(epoch FROM coalesce(
    (SELECT a.utc_offset FROM pg_catalog.pg_timezone_abbrevs AS a WHERE a.abbrev = upper(%(abbreviation)s::text COLLATE "C") LIMIT 1),
    (SELECT min(n.utc_offset) FROM pg_catalog.pg_timezone_names AS n
     WHERE n.abbrev = %(abbreviation)s::text HAVING count(DISTINCT n.utc_offset) = 1)))
