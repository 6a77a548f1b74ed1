SELECT o_outcome, o_objects, o_changes, o_unattributed, o_window_start, o_window_end
FROM script_tracking.reconcile_catalog(baseline => %(baseline)s);
