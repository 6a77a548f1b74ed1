SELECT link_key AS hk_execution_l, parent_key AS hk_execution_parent, child_key AS hk_execution_child, link_type,
    load_date AS ldts, record_source AS rsrc, complete_before
FROM ({{ complete_rows('execution_links', 'execution_l') }}) AS l
