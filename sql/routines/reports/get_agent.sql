-- Returns the coding agent that a version's metadata names: what 'track --agent' recorded, else the word of the application
-- name by which a known agent connects. NULL: nothing says that it was an agent. Any session can set its application name.
CREATE OR REPLACE FUNCTION script_tracking.get_agent(p_metadata pg_catalog.jsonb)
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN coalesce(
        nullif(p_metadata ->> 'agent', ''),
        substring(lower(left(p_metadata ->> 'application_name', 100) COLLATE "C")
            FROM '(?:^|[^a-z])(claude|codex|cursor|copilot|gemini|windsurf|cline|aider|devin|opencode|antigravity'
                '|mcp|langchain|llamaindex|crewai|autogen)(?:[^a-z]|$)'));
END
$function$;

COMMENT ON FUNCTION script_tracking.get_agent(pg_catalog.jsonb) IS
    'The coding agent that metadata names: as track --agent recorded it, else a known agent''s application name; NULL: none';
