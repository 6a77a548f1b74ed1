-- Returns a definition without the literals of those parts that can carry a secret: the expressions and bodies that PostgreSQL
-- renders may hold what the statement did not, for example the body of a function of which only a setting changed. Each part is
-- judged by itself and the name of its relation. A literal that was left out once stays left out of its object, though the word
-- that told is gone, or the statement that had a secret beside it: a part that has it loses its literals. Parts lose them together,
-- so a part is stored with its literals again when it has none that was left out.
--
-- p_identity: the relation, whose name can be the only word that tells; NULL: the parts have the name in them
-- p_object_bk, p_scope: as left_out_literals has them
CREATE OR REPLACE FUNCTION script_tracking.redact_definition(
    p_definition pg_catalog.jsonb,
    p_mode pg_catalog.text,
    p_identity pg_catalog.text,
    p_object_bk pg_catalog.text,
    p_scope pg_catalog.text
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_part record;
    v_result pg_catalog.jsonb := p_definition;
    v_text pg_catalog.text;
    v_lower pg_catalog.text COLLATE pg_catalog."C";
    v_left_out pg_catalog.bytea[];
    v_is_left_out pg_catalog.bool;
BEGIN
    FOR v_part IN SELECT e.key, e.value FROM jsonb_each(p_definition) AS e
        WHERE jsonb_typeof(e.value) IN ('array', 'object') LOOP
        IF p_mode <> 'all' THEN
            -- The texts themselves, without the escapes of JSON.
            SELECT string_agg(t.value #>> '{}', E'\n') INTO v_text
            FROM jsonb_path_query(v_part.value, 'strict $.** ? (@.type() == "string")') AS t (value);
            -- The name of a sequence is not a secret. In a table of tokens any other literal can be one.
            v_text := regexp_replace(v_text COLLATE "C", $re$nextval[(]'[^']*'::regclass[)]$re$, '', 'g');
            IF starts_with(v_part.key, 'comment ') OR strpos(v_text, '''') > 0 THEN
                v_text := concat_ws(E'\n', p_identity, v_text);
            END IF;
            v_lower := lower(v_text COLLATE pg_catalog."C");
            -- Known only once a part has a literal.
            IF v_left_out IS NULL AND (starts_with(v_part.key, 'comment ') OR strpos(v_text, '''') > 0 OR strpos(v_text, '$') > 0
                OR v_part.key = 'definition') THEN
                -- Most databases have none: the call costs more than the rest.
                v_left_out := '{}';
                IF EXISTS (SELECT FROM script_tracking.left_out_literal) THEN
                    v_left_out := script_tracking.left_out_literals(p_object_bk, p_scope);
                END IF;
            END IF;
            v_is_left_out := false;
            IF v_left_out <> '{}' THEN
                v_is_left_out := v_left_out && script_tracking.part_literals(v_part.key, v_part.value);
            END IF;
            CONTINUE WHEN NOT v_is_left_out AND (NOT (octet_length(v_lower) > 10000 OR
                -- <secrets:statement_look v_lower>
                v_lower LIKE ANY (ARRAY[
                    '%pass%', '%pw%', '%kennwort%', '%secret%', '%token%', '%credential%', '%bearer%', '%oauth%',
                    '%jwt%', '%cookie%', '%webhook%', '%dblink%', '%conn%', '%pgp_%', '%hmac%', '%crypt%',
                    '%digest%', '%authorization%', $l$%\_user%$l$, '%key%', '%sig=%', '%signature%', '%identified%',
                    '%account_add%', '%curl%', '%mysql%', '%options%', '%://%', '%u&%', $l$%\\%$l$, '%scram%',
                    '%md5%', '%$2_$%', '%$argon%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                    '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                    '%gocspx%', '%pypi-%', '%v1_%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%', '%hf_%',
                    '%sg.%', '%hv_.%']::pg_catalog._text)
                -- </secrets>
                ) OR NOT script_tracking.string_carries_secret(v_text));
        END IF;
        INSERT INTO script_tracking.left_out_literal (object_bk, literal_hash)
        SELECT p_object_bk, l.hash FROM unnest(script_tracking.part_literals(v_part.key, v_part.value)) AS l (hash)
        WHERE NOT EXISTS (SELECT FROM script_tracking.left_out_literal AS k
            WHERE k.object_bk = p_object_bk AND k.literal_hash = l.hash);
        v_result := jsonb_set(v_result, ARRAY[v_part.key], CASE jsonb_typeof(v_part.value)
            WHEN 'object' THEN script_tracking.redact_body(v_part.value)
            -- The name stays; of a comment nothing does.
            ELSE (SELECT jsonb_agg(CASE WHEN a.ordinality = 2 THEN a.value
                    WHEN starts_with(v_part.key, 'comment ') AND a.ordinality = 3 THEN '"***"'
                    ELSE script_tracking.redact_body(a.value) END ORDER BY a.ordinality)
                FROM jsonb_array_elements(v_part.value) WITH ORDINALITY AS a) END);
    END LOOP;
    RETURN v_result;
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_definition(
    pg_catalog.jsonb, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'A definition as it may be stored: without the literals of parts that can carry a secret';
