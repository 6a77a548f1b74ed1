-- A moment as a person writes it.
SELECT script_tracking.parse_moment(%(moment)s::text)
