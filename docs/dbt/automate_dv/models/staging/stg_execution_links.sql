SELECT decode(link_key, 'hex') AS execution_link_hk, decode(parent_key, 'hex') AS parent_execution_hk,
    decode(child_key, 'hex') AS child_execution_hk, link_type, load_date, record_source, complete_before
FROM ({{ complete_rows('execution_links', 'link_execution') }}) AS l
