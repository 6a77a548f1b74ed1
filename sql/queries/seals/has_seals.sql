SELECT EXISTS (SELECT FROM script_tracking.seal_block)
