{{ automate_dv.link(
    src_pk='execution_link_hk', src_fk=['parent_execution_hk', 'child_execution_hk'],
    src_extra_columns=['link_type', 'complete_before'],
    src_ldts='load_date', src_source='record_source', source_model='stg_execution_links') }}
