-- What was true when: the grants of tenants, the schemas of tenants and the settings, one row a change. tenant_role_l,
-- tenant_schema_l and setting hold what is true now; triggers on them write these rows.

CREATE TABLE script_tracking.tenant_role_es (
    tenant_hk bytea NOT NULL,
    role_name name NOT NULL,
    load_date timestamptz NOT NULL,
    is_granted boolean NOT NULL,
    is_default boolean NOT NULL,
    changed_by name NOT NULL,
    script_execution_hk bytea,
    record_source varchar(255) NOT NULL,
    CONSTRAINT tenant_role_es_pkey PRIMARY KEY (tenant_hk, role_name, load_date)
);
COMMENT ON TABLE script_tracking.tenant_role_es IS
    'Effectivity satellite: from when on a role had a tenant, and from when on it no longer had it';
COMMENT ON COLUMN script_tracking.tenant_role_es.tenant_hk IS 'Hash key of the tenant';
COMMENT ON COLUMN script_tracking.tenant_role_es.role_name IS 'The role';
COMMENT ON COLUMN script_tracking.tenant_role_es.load_date IS 'When it changed; true until the next row of the same tenant and role';
COMMENT ON COLUMN script_tracking.tenant_role_es.is_granted IS 'Whether the role has the tenant from then on';
COMMENT ON COLUMN script_tracking.tenant_role_es.is_default IS 'Whether what the role does belongs to the tenant from then on';
COMMENT ON COLUMN script_tracking.tenant_role_es.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.tenant_role_es.script_execution_hk IS 'The execution that the change is; NULL: not recorded';
COMMENT ON COLUMN script_tracking.tenant_role_es.record_source IS 'The writer and the node';

CREATE TABLE script_tracking.tenant_schema_es (
    schema_name name NOT NULL,
    load_date timestamptz NOT NULL,
    tenant_hk bytea,
    changed_by name NOT NULL,
    script_execution_hk bytea,
    record_source varchar(255) NOT NULL,
    CONSTRAINT tenant_schema_es_pkey PRIMARY KEY (schema_name, load_date)
);
COMMENT ON TABLE script_tracking.tenant_schema_es IS 'Effectivity satellite: from when on a schema belonged to which tenant';
COMMENT ON COLUMN script_tracking.tenant_schema_es.schema_name IS 'The schema';
COMMENT ON COLUMN script_tracking.tenant_schema_es.load_date IS 'When it changed; true until the next row of the same schema';
COMMENT ON COLUMN script_tracking.tenant_schema_es.tenant_hk IS 'Hash key of its tenant from then on; NULL: none';
COMMENT ON COLUMN script_tracking.tenant_schema_es.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.tenant_schema_es.script_execution_hk IS 'The execution that the change is; NULL: not recorded';
COMMENT ON COLUMN script_tracking.tenant_schema_es.record_source IS 'The writer and the node';

CREATE TABLE script_tracking.setting_s (
    setting_name varchar(63) NOT NULL,
    load_date timestamptz NOT NULL,
    setting_value text,
    changed_by name NOT NULL,
    script_execution_hk bytea,
    record_source varchar(255) NOT NULL,
    CONSTRAINT setting_s_pkey PRIMARY KEY (setting_name, load_date)
);
COMMENT ON TABLE script_tracking.setting_s IS 'Satellite: from when on a setting had which value';
COMMENT ON COLUMN script_tracking.setting_s.setting_name IS 'The setting';
COMMENT ON COLUMN script_tracking.setting_s.load_date IS 'When it changed; true until the next row of the same setting';
COMMENT ON COLUMN script_tracking.setting_s.setting_value IS 'Its value from then on; NULL: the row of the setting was removed';
COMMENT ON COLUMN script_tracking.setting_s.changed_by IS 'The login that changed it';
COMMENT ON COLUMN script_tracking.setting_s.script_execution_hk IS
    'The execution that the change is; NULL: not recorded, or the setting is new and at its default';
COMMENT ON COLUMN script_tracking.setting_s.record_source IS 'The writer and the node';

-- What is known of the time before: when each grant was made, and when each setting got the value that it has.
INSERT INTO script_tracking.tenant_role_es
    (tenant_hk, role_name, load_date, is_granted, is_default, changed_by, record_source)
SELECT l.tenant_hk, l.role_name, l.load_date, true, l.is_default, '[unknown]', l.record_source
FROM script_tracking.tenant_role_l AS l;
INSERT INTO script_tracking.tenant_schema_es (schema_name, load_date, tenant_hk, changed_by, record_source)
SELECT l.schema_name, l.load_date, l.tenant_hk, '[unknown]', l.record_source
FROM script_tracking.tenant_schema_l AS l;
INSERT INTO script_tracking.setting_s (setting_name, load_date, setting_value, changed_by, record_source)
SELECT s.setting_name,
    coalesce(s.changed_at, (SELECT min(m.applied_at) FROM script_tracking.schema_migration AS m), clock_timestamp()),
    s.setting_value, coalesce(s.changed_by, '[unknown]'), 'install'
FROM script_tracking.setting AS s;
