-- DDL that was captured, by kind: the command tag, how often, over how many sources.
SELECT script_name AS kind, count(*) AS executions, count(DISTINCT source) AS sources,
    count(DISTINCT db_session_user) AS logins
FROM executions
WHERE script_type = 'DDL_AUTO'
GROUP BY script_name
ORDER BY executions DESC, kind
