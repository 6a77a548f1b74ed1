{{ automate_dv.hub(
    src_pk='execution_hk', src_nk='execution_bk', src_extra_columns=['tenant', 'complete_before'],
    src_ldts='load_date', src_source='record_source', source_model='stg_execution_keys') }}
