-- disable_hwm: the staging tables bound the load already, by complete_before.
{{ datavault4dbt.hub(
    hashkey='hk_execution_h', business_keys=['execution_bk'], source_models='stg_execution_keys',
    src_ldts='ldts', src_rsrc='rsrc', disable_hwm=true, additional_columns=['tenant', 'complete_before']) }}
