-- Names the session after the program that asks, so that pg_stat_activity and the recorded access show it.
SELECT pg_catalog.set_config('application_name', %(application_name)s::pg_catalog.text, false)
