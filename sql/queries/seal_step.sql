SELECT o_block_number, o_leaves, o_is_finished FROM script_tracking.seal_step();
