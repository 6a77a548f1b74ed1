-- disable_hwm: the staging tables bound the load already, by complete_before.
{{ datavault4dbt.link(
    link_hashkey='hk_execution_l', foreign_hashkeys=['hk_execution_parent', 'hk_execution_child'],
    source_models='stg_execution_links', src_ldts='ldts', src_rsrc='rsrc', disable_hwm=true,
    additional_columns=['link_type', 'complete_before']) }}
