# bash completion of dbtrack, written by 'dbtrack completion bash'.

# What the configuration file or the database has; nothing if it does not answer at once.
_dbtrack_values() {
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" __values "$1" "$current" "${COMP_WORDS[@]:1:COMP_CWORD-1}"         2>/dev/null </dev/null | cut -f 1)
}

_dbtrack() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path=dbtrack word index start=1 position=0 kinds=() takes=""
    COMPREPLY=()

    # readline takes --format=json for three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
    fi

    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $word == -- ]]; then
            # The rest is the wrapped command and its arguments.
            if ((index == COMP_CWORD - 1)); then
                mapfile -t COMPREPLY < <(compgen -c -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
            fi
            return
        fi
        case "$path $word" in
            "dbtrack install") path="dbtrack install"; start=$((index + 1)) ;;
            "dbtrack uninstall") path="dbtrack uninstall"; start=$((index + 1)) ;;
            "dbtrack suspend") path="dbtrack suspend"; start=$((index + 1)) ;;
            "dbtrack resume") path="dbtrack resume"; start=$((index + 1)) ;;
            "dbtrack doctor") path="dbtrack doctor"; start=$((index + 1)) ;;
            "dbtrack maintain") path="dbtrack maintain"; start=$((index + 1)) ;;
            "dbtrack cleanup") path="dbtrack cleanup"; start=$((index + 1)) ;;
            "dbtrack archive") path="dbtrack archive"; start=$((index + 1)) ;;
            "dbtrack archive list") path="dbtrack archive list"; start=$((index + 1)) ;;
            "dbtrack archive query") path="dbtrack archive query"; start=$((index + 1)) ;;
            "dbtrack archive restore") path="dbtrack archive restore"; start=$((index + 1)) ;;
            "dbtrack lake") path="dbtrack lake"; start=$((index + 1)) ;;
            "dbtrack lake list") path="dbtrack lake list"; start=$((index + 1)) ;;
            "dbtrack lake query") path="dbtrack lake query"; start=$((index + 1)) ;;
            "dbtrack lake sql") path="dbtrack lake sql"; start=$((index + 1)) ;;
            "dbtrack lake fetch") path="dbtrack lake fetch"; start=$((index + 1)) ;;
            "dbtrack rollup") path="dbtrack rollup"; start=$((index + 1)) ;;
            "dbtrack reconcile") path="dbtrack reconcile"; start=$((index + 1)) ;;
            "dbtrack settings") path="dbtrack settings"; start=$((index + 1)) ;;
            "dbtrack track") path="dbtrack track"; start=$((index + 1)) ;;
            "dbtrack complete") path="dbtrack complete"; start=$((index + 1)) ;;
            "dbtrack ingest") path="dbtrack ingest"; start=$((index + 1)) ;;
            "dbtrack import") path="dbtrack import"; start=$((index + 1)) ;;
            "dbtrack predict") path="dbtrack predict"; start=$((index + 1)) ;;
            "dbtrack rehearse") path="dbtrack rehearse"; start=$((index + 1)) ;;
            "dbtrack sizes") path="dbtrack sizes"; start=$((index + 1)) ;;
            "dbtrack key") path="dbtrack key"; start=$((index + 1)) ;;
            "dbtrack key new") path="dbtrack key new"; start=$((index + 1)) ;;
            "dbtrack spool") path="dbtrack spool"; start=$((index + 1)) ;;
            "dbtrack spool list") path="dbtrack spool list"; start=$((index + 1)) ;;
            "dbtrack spool flush") path="dbtrack spool flush"; start=$((index + 1)) ;;
            "dbtrack spool drop") path="dbtrack spool drop"; start=$((index + 1)) ;;
            "dbtrack dashboard") path="dbtrack dashboard"; start=$((index + 1)) ;;
            "dbtrack history") path="dbtrack history"; start=$((index + 1)) ;;
            "dbtrack own") path="dbtrack own"; start=$((index + 1)) ;;
            "dbtrack errors") path="dbtrack errors"; start=$((index + 1)) ;;
            "dbtrack performance") path="dbtrack performance"; start=$((index + 1)) ;;
            "dbtrack health") path="dbtrack health"; start=$((index + 1)) ;;
            "dbtrack trends") path="dbtrack trends"; start=$((index + 1)) ;;
            "dbtrack anomalies") path="dbtrack anomalies"; start=$((index + 1)) ;;
            "dbtrack forecast") path="dbtrack forecast"; start=$((index + 1)) ;;
            "dbtrack advise") path="dbtrack advise"; start=$((index + 1)) ;;
            "dbtrack access") path="dbtrack access"; start=$((index + 1)) ;;
            "dbtrack administration") path="dbtrack administration"; start=$((index + 1)) ;;
            "dbtrack blame") path="dbtrack blame"; start=$((index + 1)) ;;
            "dbtrack log") path="dbtrack log"; start=$((index + 1)) ;;
            "dbtrack diff") path="dbtrack diff"; start=$((index + 1)) ;;
            "dbtrack schema") path="dbtrack schema"; start=$((index + 1)) ;;
            "dbtrack grants") path="dbtrack grants"; start=$((index + 1)) ;;
            "dbtrack classify") path="dbtrack classify"; start=$((index + 1)) ;;
            "dbtrack top") path="dbtrack top"; start=$((index + 1)) ;;
            "dbtrack report") path="dbtrack report"; start=$((index + 1)) ;;
            "dbtrack show") path="dbtrack show"; start=$((index + 1)) ;;
            "dbtrack status") path="dbtrack status"; start=$((index + 1)) ;;
            "dbtrack resolve") path="dbtrack resolve"; start=$((index + 1)) ;;
            "dbtrack compare") path="dbtrack compare"; start=$((index + 1)) ;;
            "dbtrack fleet") path="dbtrack fleet"; start=$((index + 1)) ;;
            "dbtrack fleet add") path="dbtrack fleet add"; start=$((index + 1)) ;;
            "dbtrack fleet list") path="dbtrack fleet list"; start=$((index + 1)) ;;
            "dbtrack fleet remove") path="dbtrack fleet remove"; start=$((index + 1)) ;;
            "dbtrack fleet status") path="dbtrack fleet status"; start=$((index + 1)) ;;
            "dbtrack fleet install") path="dbtrack fleet install"; start=$((index + 1)) ;;
            "dbtrack fleet upgrade") path="dbtrack fleet upgrade"; start=$((index + 1)) ;;
            "dbtrack fleet compare") path="dbtrack fleet compare"; start=$((index + 1)) ;;
            "dbtrack fleet variants") path="dbtrack fleet variants"; start=$((index + 1)) ;;
            "dbtrack fleet drift") path="dbtrack fleet drift"; start=$((index + 1)) ;;
            "dbtrack seal") path="dbtrack seal"; start=$((index + 1)) ;;
            "dbtrack digest") path="dbtrack digest"; start=$((index + 1)) ;;
            "dbtrack verify") path="dbtrack verify"; start=$((index + 1)) ;;
            "dbtrack prove") path="dbtrack prove"; start=$((index + 1)) ;;
            "dbtrack evidence") path="dbtrack evidence"; start=$((index + 1)) ;;
            "dbtrack check-proof") path="dbtrack check-proof"; start=$((index + 1)) ;;
            "dbtrack review") path="dbtrack review"; start=$((index + 1)) ;;
            "dbtrack review sign") path="dbtrack review sign"; start=$((index + 1)) ;;
            "dbtrack review list") path="dbtrack review list"; start=$((index + 1)) ;;
            "dbtrack review due") path="dbtrack review due"; start=$((index + 1)) ;;
            "dbtrack access-review") path="dbtrack access-review"; start=$((index + 1)) ;;
            "dbtrack auditor") path="dbtrack auditor"; start=$((index + 1)) ;;
            "dbtrack auditor add") path="dbtrack auditor add"; start=$((index + 1)) ;;
            "dbtrack auditor list") path="dbtrack auditor list"; start=$((index + 1)) ;;
            "dbtrack auditor remove") path="dbtrack auditor remove"; start=$((index + 1)) ;;
            "dbtrack erase") path="dbtrack erase"; start=$((index + 1)) ;;
            "dbtrack webhook") path="dbtrack webhook"; start=$((index + 1)) ;;
            "dbtrack webhook add") path="dbtrack webhook add"; start=$((index + 1)) ;;
            "dbtrack webhook list") path="dbtrack webhook list"; start=$((index + 1)) ;;
            "dbtrack webhook show") path="dbtrack webhook show"; start=$((index + 1)) ;;
            "dbtrack webhook test") path="dbtrack webhook test"; start=$((index + 1)) ;;
            "dbtrack webhook change") path="dbtrack webhook change"; start=$((index + 1)) ;;
            "dbtrack webhook rotate") path="dbtrack webhook rotate"; start=$((index + 1)) ;;
            "dbtrack webhook pause") path="dbtrack webhook pause"; start=$((index + 1)) ;;
            "dbtrack webhook resume") path="dbtrack webhook resume"; start=$((index + 1)) ;;
            "dbtrack webhook dead") path="dbtrack webhook dead"; start=$((index + 1)) ;;
            "dbtrack webhook replay") path="dbtrack webhook replay"; start=$((index + 1)) ;;
            "dbtrack webhook remove") path="dbtrack webhook remove"; start=$((index + 1)) ;;
            "dbtrack notify") path="dbtrack notify"; start=$((index + 1)) ;;
            "dbtrack endpoint") path="dbtrack endpoint"; start=$((index + 1)) ;;
            "dbtrack endpoint list") path="dbtrack endpoint list"; start=$((index + 1)) ;;
            "dbtrack endpoint pause") path="dbtrack endpoint pause"; start=$((index + 1)) ;;
            "dbtrack endpoint resume") path="dbtrack endpoint resume"; start=$((index + 1)) ;;
            "dbtrack endpoint remove") path="dbtrack endpoint remove"; start=$((index + 1)) ;;
            "dbtrack alert") path="dbtrack alert"; start=$((index + 1)) ;;
            "dbtrack alert add") path="dbtrack alert add"; start=$((index + 1)) ;;
            "dbtrack alert list") path="dbtrack alert list"; start=$((index + 1)) ;;
            "dbtrack alert show") path="dbtrack alert show"; start=$((index + 1)) ;;
            "dbtrack alert test") path="dbtrack alert test"; start=$((index + 1)) ;;
            "dbtrack alert check") path="dbtrack alert check"; start=$((index + 1)) ;;
            "dbtrack alert silence") path="dbtrack alert silence"; start=$((index + 1)) ;;
            "dbtrack alert unsilence") path="dbtrack alert unsilence"; start=$((index + 1)) ;;
            "dbtrack alert remove") path="dbtrack alert remove"; start=$((index + 1)) ;;
            "dbtrack export") path="dbtrack export"; start=$((index + 1)) ;;
            "dbtrack stream") path="dbtrack stream"; start=$((index + 1)) ;;
            "dbtrack push") path="dbtrack push"; start=$((index + 1)) ;;
            "dbtrack vault") path="dbtrack vault"; start=$((index + 1)) ;;
            "dbtrack vault install") path="dbtrack vault install"; start=$((index + 1)) ;;
            "dbtrack vault add") path="dbtrack vault add"; start=$((index + 1)) ;;
            "dbtrack vault sources") path="dbtrack vault sources"; start=$((index + 1)) ;;
            "dbtrack vault findings") path="dbtrack vault findings"; start=$((index + 1)) ;;
            "dbtrack vault accept") path="dbtrack vault accept"; start=$((index + 1)) ;;
            "dbtrack vault remove") path="dbtrack vault remove"; start=$((index + 1)) ;;
            "dbtrack vault set") path="dbtrack vault set"; start=$((index + 1)) ;;
            "dbtrack vault receive") path="dbtrack vault receive"; start=$((index + 1)) ;;
            "dbtrack outbox") path="dbtrack outbox"; start=$((index + 1)) ;;
            "dbtrack outbox receive") path="dbtrack outbox receive"; start=$((index + 1)) ;;
            "dbtrack serve") path="dbtrack serve"; start=$((index + 1)) ;;
            "dbtrack mcp") path="dbtrack mcp"; start=$((index + 1)) ;;
            "dbtrack token") path="dbtrack token"; start=$((index + 1)) ;;
            "dbtrack token create") path="dbtrack token create"; start=$((index + 1)) ;;
            "dbtrack token list") path="dbtrack token list"; start=$((index + 1)) ;;
            "dbtrack token revoke") path="dbtrack token revoke"; start=$((index + 1)) ;;
            "dbtrack metrics") path="dbtrack metrics"; start=$((index + 1)) ;;
            "dbtrack publication") path="dbtrack publication"; start=$((index + 1)) ;;
            "dbtrack publication create") path="dbtrack publication create"; start=$((index + 1)) ;;
            "dbtrack publication list") path="dbtrack publication list"; start=$((index + 1)) ;;
            "dbtrack publication drop") path="dbtrack publication drop"; start=$((index + 1)) ;;
            "dbtrack tenant") path="dbtrack tenant"; start=$((index + 1)) ;;
            "dbtrack tenant add") path="dbtrack tenant add"; start=$((index + 1)) ;;
            "dbtrack tenant list") path="dbtrack tenant list"; start=$((index + 1)) ;;
            "dbtrack tenant grant") path="dbtrack tenant grant"; start=$((index + 1)) ;;
            "dbtrack tenant map-schema") path="dbtrack tenant map-schema"; start=$((index + 1)) ;;
            "dbtrack tenant default") path="dbtrack tenant default"; start=$((index + 1)) ;;
            "dbtrack tenant undefault") path="dbtrack tenant undefault"; start=$((index + 1)) ;;
            "dbtrack tenant revoke") path="dbtrack tenant revoke"; start=$((index + 1)) ;;
            "dbtrack tenant unmap-schema") path="dbtrack tenant unmap-schema"; start=$((index + 1)) ;;
            "dbtrack tenant show") path="dbtrack tenant show"; start=$((index + 1)) ;;
            "dbtrack tenant rename") path="dbtrack tenant rename"; start=$((index + 1)) ;;
            "dbtrack tenant disable") path="dbtrack tenant disable"; start=$((index + 1)) ;;
            "dbtrack tenant enable") path="dbtrack tenant enable"; start=$((index + 1)) ;;
            "dbtrack tenant source") path="dbtrack tenant source"; start=$((index + 1)) ;;
            "dbtrack tenant sync") path="dbtrack tenant sync"; start=$((index + 1)) ;;
            "dbtrack tenant key") path="dbtrack tenant key"; start=$((index + 1)) ;;
            "dbtrack tenant key create") path="dbtrack tenant key create"; start=$((index + 1)) ;;
            "dbtrack tenant key rotate") path="dbtrack tenant key rotate"; start=$((index + 1)) ;;
            "dbtrack tenant key list") path="dbtrack tenant key list"; start=$((index + 1)) ;;
            "dbtrack tenant key drop") path="dbtrack tenant key drop"; start=$((index + 1)) ;;
            "dbtrack demo") path="dbtrack demo"; start=$((index + 1)) ;;
            "dbtrack completion") path="dbtrack completion"; start=$((index + 1)) ;;
        esac
    done

    local key="$path $previous"
    case "$key" in
        *" --role-prefix" | *" --with" | *" --lock-timeout" | *" --host" | *" -h" | *" --port" | *" -p" | *" --dbname" | *" -d" | *" --reason" | *" --for" | *" --provider" | *" --columns" | *" --sort" | *" --rows" | *" -n" | *" --days" | *" --override" | *" --since" | *" --until" | "dbtrack archive query --name" | "dbtrack rehearse --name" | "dbtrack stream --name" | "dbtrack push --name" | *" --limit" | *" --month" | "dbtrack lake list --source" | "dbtrack lake query --source" | "dbtrack lake fetch --source" | "dbtrack dashboard --source" | "dbtrack history --source" | "dbtrack own --source" | "dbtrack errors --source" | "dbtrack performance --source" | "dbtrack health --source" | "dbtrack trends --source" | "dbtrack anomalies --source" | "dbtrack forecast --source" | "dbtrack advise --source" | "dbtrack access --source" | "dbtrack administration --source" | "dbtrack blame --source" | "dbtrack log --source" | "dbtrack diff --source" | "dbtrack schema --source" | "dbtrack grants --source" | "dbtrack export --source" | *" --question" | *" --meta" | *" --ticket" | *" --environment" | *" --approved-by" | *" --pr" | *" --emergency" | *" --agent" | *" --secret" | *" --error" | *" --prefix" | "dbtrack vault receive --from" | "dbtrack outbox receive --from" | *" --timezone" | *" --set" | *" --copy" | *" --max-lock" | *" --fail-on" | *" --url-variable" | *" --comment-key" | "dbtrack spool flush --to" | "dbtrack digest --to" | "dbtrack alert add --to" | "dbtrack stream --to" | "dbtrack push --to" | *" --as-of" | *" --watch" | *" --grep" | *" --app" | *" --hours" | "dbtrack review sign --by" | *" --zone" | *" --size-limit" | *" --every" | *" -s" | *" -m" | *" --dsn" | *" --databases" | *" --patroni" | *" --srv" | *" --nameserver" | *" --label" | *" --server" | *" --only" | *" --jobs" | *" -j" | *" --per-server" | *" --timeout" | *" --retain" | *" --forget" | *" --key-command" | "dbtrack verify --digests" | "dbtrack evidence --digests" | *" --from-block" | *" --to-block" | *" --framework" | *" --sample" | *" --seed" | *" --sha256" | *" --period" | *" --statement" | *" --exception" | *" --unused-days" | *" --subject" | *" --events" | *" --header" | *" --origin" | *" --id" | *" --interval" | *" --most-webhooks" | *" --when" | *" --report" | *" --count" | *" --within" | *" --clear-for" | *" --remind" | *" --ready" | *" --syslog" | *" --otlp" | *" --token" | *" --subscription" | *" --expected" | *" --listen" | *" --workers" | *" --pool-size" | *" --dead-letters" | *" --proxy" | *" --cors-origin" | *" --read-from" | *" --statement-timeout" | *" --request-timeout" | *" --cache-seconds" | *" --rate" | *" --expires" | *" --most-tenants" | *" --most-types" | *" --subscriber-version" | *" --title" | *" --overlap-hours")
            return ;;
        *" --redact")
            mapfile -t COMPREPLY < <(compgen -W "secrets all none" -- "$current")
            return ;;
        *" --username" | *" -U" | *" --role" | "dbtrack grants --to" | *" --user" | *" --login")
            _dbtrack_values role
            return ;;
        *" --env")
            _dbtrack_values environment
            return ;;
        "dbtrack doctor --format" | "dbtrack archive list --format" | "dbtrack archive query --format" | "dbtrack lake list --format" | "dbtrack lake query --format" | "dbtrack reconcile --format" | "dbtrack settings --format" | "dbtrack import --format" | "dbtrack predict --format" | "dbtrack spool list --format" | "dbtrack dashboard --format" | "dbtrack history --format" | "dbtrack own --format" | "dbtrack errors --format" | "dbtrack performance --format" | "dbtrack trends --format" | "dbtrack anomalies --format" | "dbtrack forecast --format" | "dbtrack advise --format" | "dbtrack access --format" | "dbtrack administration --format" | "dbtrack blame --format" | "dbtrack log --format" | "dbtrack grants --format" | "dbtrack classify --format" | "dbtrack top --format" | "dbtrack show --format" | "dbtrack compare --format" | "dbtrack fleet list --format" | "dbtrack fleet status --format" | "dbtrack fleet install --format" | "dbtrack fleet upgrade --format" | "dbtrack fleet compare --format" | "dbtrack fleet variants --format" | "dbtrack fleet drift --format" | "dbtrack digest --format" | "dbtrack verify --format" | "dbtrack review list --format" | "dbtrack review due --format" | "dbtrack auditor list --format" | "dbtrack webhook list --format" | "dbtrack webhook show --format" | "dbtrack webhook dead --format" | "dbtrack endpoint list --format" | "dbtrack alert list --format" | "dbtrack alert show --format" | "dbtrack alert test --format" | "dbtrack alert check --format" | "dbtrack vault sources --format" | "dbtrack vault findings --format" | "dbtrack token list --format" | "dbtrack publication list --format" | "dbtrack tenant list --format" | "dbtrack tenant show --format" | "dbtrack tenant key list --format")
            mapfile -t COMPREPLY < <(compgen -W "table json jsonl csv spreadsheet markdown plain" -- "$current")
            return ;;
        "dbtrack rehearse --format")
            mapfile -t COMPREPLY < <(compgen -W "text json markdown github gitlab" -- "$current")
            return ;;
        "dbtrack health --format" | "dbtrack status --format")
            mapfile -t COMPREPLY < <(compgen -W "table json jsonl csv spreadsheet markdown plain nagios" -- "$current")
            return ;;
        "dbtrack diff --format")
            mapfile -t COMPREPLY < <(compgen -W "words unified sql table json jsonl csv spreadsheet markdown plain" -- "$current")
            return ;;
        "dbtrack schema --format")
            mapfile -t COMPREPLY < <(compgen -W "sql table json jsonl csv spreadsheet markdown plain" -- "$current")
            return ;;
        "dbtrack report --format")
            mapfile -t COMPREPLY < <(compgen -W "html markdown json" -- "$current")
            return ;;
        "dbtrack evidence --format")
            mapfile -t COMPREPLY < <(compgen -W "html pdf markdown json csv" -- "$current")
            return ;;
        "dbtrack access-review --format")
            mapfile -t COMPREPLY < <(compgen -W "table json jsonl csv spreadsheet markdown plain html" -- "$current")
            return ;;
        "dbtrack webhook add --format")
            mapfile -t COMPREPLY < <(compgen -W "standard cloudevents slack teams pagerduty email exec apprise" -- "$current")
            return ;;
        "dbtrack export --format")
            mapfile -t COMPREPLY < <(compgen -W "csv spreadsheet jsonl parquet ocsf cef" -- "$current")
            return ;;
        "dbtrack stream --format")
            mapfile -t COMPREPLY < <(compgen -W "cloudevents debezium" -- "$current")
            return ;;
        *" --output" | *" -o" | *" --archive" | "dbtrack rehearse --source" | *" --key-file" | *" --junit" | *" --error-file" | *" --file" | *" -f" | "dbtrack rehearse --schema" | *" --sizes" | *" --directory" | *" --code-quality" | *" --fleet" | *" --headers" | "dbtrack digest --key" | "dbtrack prove --key" | *" --new-key" | "dbtrack prove --digests" | *" --public-key" | *" --tsa-ca" | *" --document" | *" --files" | *" --state" | *" --syslog-ca" | *" --syslog-cert" | *" --producer-config" | *" --consumer-config" | *" --tls-cert" | *" --tls-key" | *" --textfile" | *" --path")
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        *" --color")
            mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$current")
            return ;;
        "dbtrack history --name" | "dbtrack errors --name" | "dbtrack export --name")
            _dbtrack_values operation
            return ;;
        *" --type")
            _dbtrack_values type
            return ;;
        *" --status")
            mapfile -t COMPREPLY < <(compgen -W "RUNNING COMPLETED FAILED CANCELLED ABANDONED" -- "$current")
            return ;;
        *" --tenant")
            _dbtrack_values tenant
            return ;;
        *" --object" | *" --table" | *" --data" | *" --on")
            _dbtrack_values object
            return ;;
        *" --engine")
            mapfile -t COMPREPLY < <(compgen -W "duckdb clickhouse spark" -- "$current")
            return ;;
        *" --summary")
            mapfile -t COMPREPLY < <(compgen -W "github gitlab markdown" -- "$current")
            return ;;
        *" --log-format")
            mapfile -t COMPREPLY < <(compgen -W "auto json csv stderr" -- "$current")
            return ;;
        "dbtrack ingest --from")
            mapfile -t COMPREPLY < <(compgen -W "rds cloudwatch cloudsql azure" -- "$current")
            return ;;
        "dbtrack compare --schema" | "dbtrack fleet variants --schema" | "dbtrack fleet drift --schema")
            _dbtrack_values schema
            return ;;
        "dbtrack performance --by")
            mapfile -t COMPREPLY < <(compgen -W "name object user" -- "$current")
            return ;;
        "dbtrack trends --by")
            mapfile -t COMPREPLY < <(compgen -W "type tenant name" -- "$current")
            return ;;
        *" --step")
            mapfile -t COMPREPLY < <(compgen -W "hour day week" -- "$current")
            return ;;
        *" --measure")
            mapfile -t COMPREPLY < <(compgen -W "operations failures duration_ms waited_ms new out_of_hours" -- "$current")
            return ;;
        "dbtrack forecast --kind")
            mapfile -t COMPREPLY < <(compgen -W "operation failure partitions retention size" -- "$current")
            return ;;
        "dbtrack advise --kind")
            mapfile -t COMPREPLY < <(compgen -W "failure lock slower build behind invalid grant" -- "$current")
            return ;;
        *" --sure")
            mapfile -t COMPREPLY < <(compgen -W "high medium low" -- "$current")
            return ;;
        *" --member" | *" --canary" | *" --against")
            _dbtrack_values member
            return ;;
        "dbtrack stream --key")
            mapfile -t COMPREPLY < <(compgen -W "object database" -- "$current")
            return ;;
        *" --part")
            mapfile -t COMPREPLY < <(compgen -W "population exceptions sample controls" -- "$current")
            return ;;
        *" --about")
            mapfile -t COMPREPLY < <(compgen -W "changes access" -- "$current")
            return ;;
        *" --deliver-after")
            mapfile -t COMPREPLY < <(compgen -W "commit standby" -- "$current")
            return ;;
        *" --severity")
            mapfile -t COMPREPLY < <(compgen -W "info warning critical" -- "$current")
            return ;;
        *" --group-by")
            mapfile -t COMPREPLY < <(compgen -W "tenant name user" -- "$current")
            return ;;
        *" --scope")
            mapfile -t COMPREPLY < <(compgen -W "read write admin" -- "$current")
            return ;;
        *" --print")
            mapfile -t COMPREPLY < <(compgen -W "grafana-dashboard alert-rules prometheus-config pgwatch" -- "$current")
            return ;;
    esac

    local offered=""
    case "$path" in
        "dbtrack")
            [[ $current == -* ]] && offered="--version --help" || offered="install uninstall suspend resume doctor maintain cleanup archive lake rollup reconcile settings track complete ingest import predict rehearse sizes key spool dashboard history own errors performance health trends anomalies forecast advise access administration blame log diff schema grants classify top report show status resolve compare fleet seal digest verify prove evidence check-proof review access-review auditor erase webhook notify endpoint alert export stream push vault outbox serve mcp token metrics publication tenant demo completion" ;;
        "dbtrack install")
            [[ $current == -* ]] && offered="--sql --adopt --require-capture --role-prefix --with --lock-timeout --redact --quiet --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack uninstall")
            [[ $current == -* ]] && offered="--yes --keep-data --cascade --quiet --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack suspend")
            [[ $current == -* ]] && offered="--reason --for --lock-timeout --quiet --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack resume")
            [[ $current == -* ]] && offered="--lock-timeout --quiet --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack doctor")
            [[ $current == -* ]] && offered="--provider --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack maintain")
            [[ $current == -* ]] && offered="--verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack cleanup")
            [[ $current == -* ]] && offered="--days --dry-run --archive --override --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack archive")
            [[ $current == -* ]] && offered="--help" || offered="list query restore" ;;
        "dbtrack archive list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack archive query")
            [[ $current == -* ]] && offered="--since --until --name --type --status --tenant --limit --no-verify --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack archive restore")
            [[ $current == -* ]] && offered="--month --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack lake")
            [[ $current == -* ]] && offered="--help" || offered="list query sql fetch" ;;
        "dbtrack lake list")
            [[ $current == -* ]] && offered="--source --since --until --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack lake query")
            [[ $current == -* ]] && offered="--source --since --until --question --object --no-verify --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack lake sql")
            [[ $current == -* ]] && offered="--question --engine --object --help" || offered="" ;;
        "dbtrack lake fetch")
            [[ $current == -* ]] && offered="--source --since --until --verbose --help" || offered="" ;;
        "dbtrack rollup")
            [[ $current == -* ]] && offered="--rebuild --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack reconcile")
            [[ $current == -* ]] && offered="--baseline --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack settings")
            [[ $current == -* ]] && offered="--reset --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack track")
            [[ $current == -* ]] && offered="--type --tenant --meta --ticket --reason --environment --approved-by --pr --emergency --agent --git --no-git --secret --require --strict --key-file --summary --junit --no-link --predict --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack complete")
            [[ $current == -* ]] && offered="--failed --error --error-file --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack ingest")
            [[ $current == -* ]] && offered="--prefix --log-format --follow --from-server --from --since --timezone --all-databases --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack import")
            [[ $current == -* ]] && offered="--table --timezone --dry-run --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack predict")
            [[ $current == -* ]] && offered="--file --single-transaction --set --copy --no-cache --max-lock --fail-on --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack rehearse")
            [[ $current == -* ]] && offered="--single-transaction --schema --empty --sizes --data --role --name --url-variable --source --max-lock --fail-on --post --comment-key --directory --help --format --output --no-pager --code-quality --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack sizes")
            [[ $current == -* ]] && offered="--help --output --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack key")
            [[ $current == -* ]] && offered="--help" || offered="new" ;;
        "dbtrack key new")
            [[ $current == -* ]] && offered="--help" || offered="" ;;
        "dbtrack spool")
            [[ $current == -* ]] && offered="--help" || offered="list flush drop" ;;
        "dbtrack spool list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack spool flush")
            [[ $current == -* ]] && offered="--to --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack spool drop")
            [[ $current == -* ]] && offered="--all --every-database --yes --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack dashboard")
            [[ $current == -* ]] && offered="--tenant --since --until --as-of --source --by-tenant --check --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack history")
            [[ $current == -* ]] && offered="--days --type --status --user --object --grep --name --app --agent --failed --slow --waited --ticket --environment --tenant --since --until --as-of --limit --source --watch --never --statements --ddl --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack own")
            [[ $current == -* ]] && offered="--days --since --until --limit --source --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack errors")
            [[ $current == -* ]] && offered="--each --open --follow --hours --status --type --user --object --grep --name --app --agent --failed --slow --waited --tenant --since --until --limit --source --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack performance")
            [[ $current == -* ]] && offered="--by --limit --tenant --since --until --source --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack health")
            [[ $current == -* ]] && offered="--tenant --source --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack trends")
            [[ $current == -* ]] && offered="--step --by --tenant --since --until --zone --limit --source --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --plot --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack anomalies")
            [[ $current == -* ]] && offered="--since --until --tenant --measure --all --limit --source --exit-code --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack forecast")
            [[ $current == -* ]] && offered="--kind --tenant --size-limit --limit --source --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack advise")
            [[ $current == -* ]] && offered="--kind --tenant --since --limit --source --exit-code --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack access")
            [[ $current == -* ]] && offered="--days --tenant --user --since --until --limit --source --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack administration")
            [[ $current == -* ]] && offered="--days --user --since --until --limit --source --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack blame")
            [[ $current == -* ]] && offered="--as-of --source --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack log")
            [[ $current == -* ]] && offered="--patch --since --until --limit --source --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack diff")
            [[ $current == -* ]] && offered="--since --until --with-drops --exit-code --source --help --format --output --utc --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack schema")
            [[ $current == -* ]] && offered="--as-of --source --help --format --output --utc --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack grants")
            [[ $current == -* ]] && offered="--to --on --classified --as-of --source --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack classify")
            [[ $current == -* ]] && offered="--reason --remove --list --suggest --apply --sure --yes --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack top")
            [[ $current == -* ]] && offered="--every --once --failed --user --object --grep --tenant --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack report")
            [[ $current == -* ]] && offered="--since --until --tenant --help --format --output --no-pager --utc --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack show")
            [[ $current == -* ]] && offered="--decrypt --diff --as-of --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack status")
            [[ $current == -* ]] && offered="--full --tenant --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack resolve")
            [[ $current == -* ]] && offered="--reason --cause --days --undo --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack compare")
            [[ $current == -* ]] && offered="--operations --definitions --type --tenant --schema --privileges --quiet --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --no-password" || offered="" ;;
        "dbtrack fleet")
            [[ $current == -* ]] && offered="--help" || offered="add list remove status install upgrade compare variants drift" ;;
        "dbtrack fleet add")
            [[ $current == -* ]] && offered="--fleet --dsn --env --databases --all-databases --installed-only --patroni --srv --nameserver --label --help" || offered="" ;;
        "dbtrack fleet list")
            [[ $current == -* ]] && offered="--fleet --server --databases --member --only --jobs --per-server --timeout --members --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack fleet remove")
            [[ $current == -* ]] && offered="--fleet --help" || offered="" ;;
        "dbtrack fleet status")
            [[ $current == -* ]] && offered="--fleet --server --databases --member --only --jobs --per-server --timeout --doctor --quiet --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack fleet install")
            [[ $current == -* ]] && offered="--fleet --server --databases --member --only --dry-run --jobs --per-server --canary --keep-going --timeout --lock-timeout --require-capture --role-prefix --with --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack fleet upgrade")
            [[ $current == -* ]] && offered="--fleet --server --databases --member --only --dry-run --jobs --per-server --canary --keep-going --timeout --lock-timeout --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack fleet compare")
            [[ $current == -* ]] && offered="--fleet --server --databases --member --only --jobs --per-server --timeout --type --tenant --all --quiet --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack fleet variants")
            [[ $current == -* ]] && offered="--fleet --server --databases --member --only --jobs --per-server --timeout --schema --privileges --quiet --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack fleet drift")
            [[ $current == -* ]] && offered="--fleet --server --databases --member --only --jobs --per-server --timeout --against --since --schema --privileges --quiet --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack seal")
            [[ $current == -* ]] && offered="--verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack digest")
            [[ $current == -* ]] && offered="--to --retain --no-lock --headers --allow-private --allow-plain --status --forget --key --key-command --new-key --unsigned --directory --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack verify")
            [[ $current == -* ]] && offered="--digests --public-key --tsa-ca --no-lock --since --from-block --to-block --jobs --each --accept-fork --accept-rewrite --reason --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack prove")
            [[ $current == -* ]] && offered="--digests --key --reveal --help --output --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack evidence")
            [[ $current == -* ]] && offered="--framework --since --until --tenant --sample --seed --digests --public-key --sha256 --fail-on-open --list --help --format --part --output --no-pager --utc --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack check-proof")
            [[ $current == -* ]] && offered="--public-key --unsigned --help" || offered="" ;;
        "dbtrack review")
            [[ $current == -* ]] && offered="--help" || offered="sign list due" ;;
        "dbtrack review sign")
            [[ $current == -* ]] && offered="--by --period --since --until --statement --exception --reason --tenant --about --document --allow-own --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack review list")
            [[ $current == -* ]] && offered="--tenant --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack review due")
            [[ $current == -* ]] && offered="--tenant --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack access-review")
            [[ $current == -* ]] && offered="--since --unused-days --fail-on-open --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack auditor")
            [[ $current == -* ]] && offered="--help" || offered="add list remove" ;;
        "dbtrack auditor add")
            [[ $current == -* ]] && offered="--until --tenant --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack auditor list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack auditor remove")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack erase")
            [[ $current == -* ]] && offered="--subject --reason --dry-run --files --yes --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook")
            [[ $current == -* ]] && offered="--help" || offered="add list show test change rotate pause resume dead replay remove" ;;
        "dbtrack webhook add")
            [[ $current == -* ]] && offered="--events --tenant --format --secret --header --from-beginning --deliver-after --handshake --origin --allow-private --allow-plain --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook show")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook test")
            [[ $current == -* ]] && offered="--timeout --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook change")
            [[ $current == -* ]] && offered="--events --tenant --rekey --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook rotate")
            [[ $current == -* ]] && offered="--secret --finish --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook pause")
            [[ $current == -* ]] && offered="--reason --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook resume")
            [[ $current == -* ]] && offered="--since --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook dead")
            [[ $current == -* ]] && offered="--id --discard --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook replay")
            [[ $current == -* ]] && offered="--id --timeout --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack webhook remove")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack notify")
            [[ $current == -* ]] && offered="--once --interval --timeout --most-webhooks --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack endpoint")
            [[ $current == -* ]] && offered="--help" || offered="list pause resume remove" ;;
        "dbtrack endpoint list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack endpoint pause")
            [[ $current == -* ]] && offered="--reason --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack endpoint resume")
            [[ $current == -* ]] && offered="--since --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack endpoint remove")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert")
            [[ $current == -* ]] && offered="--help" || offered="add list show test check silence unsilence remove" ;;
        "dbtrack alert add")
            [[ $current == -* ]] && offered="--when --report --severity --tenant --group-by --count --within --for --clear-for --remind --to --announced --ready --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert list")
            [[ $current == -* ]] && offered="--ready --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert show")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert test")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert check")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert silence")
            [[ $current == -* ]] && offered="--for --all --reason --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert unsilence")
            [[ $current == -* ]] && offered="--all --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack alert remove")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack export")
            [[ $current == -* ]] && offered="--since --until --tenant --source --full --state --after-restore --type --user --object --grep --name --app --agent --failed --slow --waited --verbose --help --utc --format --output --syslog --syslog-ca --syslog-cert --syslog-plain --otlp --host --port --username --dbname --no-password --password --env" || offered="executions objects dashboard history own errors performance health trends anomalies forecast advise access administration" ;;
        "dbtrack stream")
            [[ $current == -* ]] && offered="--to --name --format --key --events --tenant --from-beginning --once --deliver-after --producer-config --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack push")
            [[ $current == -* ]] && offered="--to --token --name --only-new --follow --producer-config --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault")
            [[ $current == -* ]] && offered="--help" || offered="install add sources findings accept remove set receive" ;;
        "dbtrack vault install")
            [[ $current == -* ]] && offered="--quiet --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault add")
            [[ $current == -* ]] && offered="--login --subscription --expected --follow-erasures --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault sources")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault findings")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault accept")
            [[ $current == -* ]] && offered="--reason --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault remove")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault set")
            [[ $current == -* ]] && offered="--follow-erasures --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack vault receive")
            [[ $current == -* ]] && offered="--listen --from --consumer-config --once --tls-cert --tls-key --insecure --workers --pool-size --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack outbox")
            [[ $current == -* ]] && offered="--help" || offered="receive" ;;
        "dbtrack outbox receive")
            [[ $current == -* ]] && offered="--from --consumer-config --dead-letters --once --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack serve")
            [[ $current == -* ]] && offered="--listen --tls-cert --tls-key --insecure --proxy --cors-origin --workers --pool-size --read-from --statement-timeout --request-timeout --cache-seconds --rate --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack mcp")
            [[ $current == -* ]] && offered="--tenant --statement-timeout --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack token")
            [[ $current == -* ]] && offered="--help" || offered="create list revoke" ;;
        "dbtrack token create")
            [[ $current == -* ]] && offered="--scope --tenant --expires --rate --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack token list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack token revoke")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack metrics")
            [[ $current == -* ]] && offered="--textfile --openmetrics --label --most-tenants --most-types --timeout --print --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack publication")
            [[ $current == -* ]] && offered="--help" || offered="create list drop" ;;
        "dbtrack publication create")
            [[ $current == -* ]] && offered="--tenant --subscription --role --subscriber-version --new-only --failover --print-sql --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack publication list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack publication drop")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant")
            [[ $current == -* ]] && offered="--help" || offered="add list grant map-schema default undefault revoke unmap-schema show rename disable enable source sync key" ;;
        "dbtrack tenant add")
            [[ $current == -* ]] && offered="--title --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant grant")
            [[ $current == -* ]] && offered="--default --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant map-schema")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant default")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant undefault")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant revoke")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant unmap-schema")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant show")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant rename")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant disable")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant enable")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant source")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant sync")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant key")
            [[ $current == -* ]] && offered="--help" || offered="create rotate list drop" ;;
        "dbtrack tenant key create")
            [[ $current == -* ]] && offered="--tenant --key-file --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant key rotate")
            [[ $current == -* ]] && offered="--overlap-hours --key-file --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant key list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack tenant key drop")
            [[ $current == -* ]] && offered="--help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack demo")
            [[ $current == -* ]] && offered="--path --stop --reset --help" || offered="" ;;
        "dbtrack completion")
            [[ $current == -* ]] && offered="--help" || offered="bash zsh fish" ;;
    esac

    case "$path" in
        "dbtrack archive list")
            kinds=(file) takes="--format --output -o --columns --sort --rows -n --color" ;;
        "dbtrack archive query")
            kinds=(file -) takes="--since --until --name --type --status --tenant --limit -n --format --output -o --columns --sort --rows -n --color" ;;
        "dbtrack archive restore")
            kinds=(file) takes="--month --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack lake fetch")
            kinds=(- file) takes="--source --since --until" ;;
        "dbtrack settings")
            kinds=(setting -) takes="--format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack track")
            kinds=(operation -) takes="--type --tenant --meta --ticket --reason --environment --approved-by --pr --emergency --agent --secret --key-file --summary --junit --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack complete")
            kinds=(open_key) takes="--error --error-file --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack ingest")
            kinds=(file) takes="--prefix --log-format --from --since --timezone --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack key new")
            kinds=(file) takes="" ;;
        "dbtrack history")
            kinds=(object) takes="--days --type --status --user --object --grep --name --app --agent --ticket --environment --tenant --since --until --as-of --limit --source --watch --format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack errors")
            kinds=(object) takes="--hours --status --type --user --object --grep --name --app --agent --tenant --since --until --limit --source --watch --format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack blame")
            kinds=(object -) takes="--as-of --source --format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack log")
            kinds=(object) takes="--since --until --limit --source --format --output -o --columns --sort --rows -n --color --host -h --port --username -U --dbname -d --env" ;;
        "dbtrack diff")
            kinds=(object - -) takes="--since --until --source --format --output -o --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack schema")
            kinds=(object) takes="--as-of --source --format --output -o --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack show")
            kinds=(key) takes="--as-of --format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack compare")
            kinds=(environment environment) takes="--type --tenant --schema --format --output -o --columns --sort --rows -n --color" ;;
        "dbtrack fleet remove")
            kinds=(member) takes="--fleet" ;;
        "dbtrack fleet variants")
            kinds=(object) takes="--fleet --server --databases --member --only --jobs -j --per-server --timeout --schema --format --output -o --columns --sort --rows -n --color" ;;
        "dbtrack prove")
            kinds=(key) takes="--digests --key --output -o --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack check-proof")
            kinds=(file) takes="--public-key" ;;
        "dbtrack webhook show")
            kinds=(endpoint) takes="--format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook test")
            kinds=(endpoint) takes="--timeout --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook change")
            kinds=(endpoint) takes="--events --tenant --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook rotate")
            kinds=(endpoint) takes="--secret --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook pause")
            kinds=(endpoint) takes="--reason --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook resume")
            kinds=(endpoint) takes="--since --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook dead")
            kinds=(endpoint) takes="--id --format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook replay")
            kinds=(endpoint) takes="--id --timeout --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack webhook remove")
            kinds=(endpoint) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack endpoint pause")
            kinds=(endpoint) takes="--reason --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack endpoint resume")
            kinds=(endpoint) takes="--since --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack endpoint remove")
            kinds=(endpoint) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack alert show")
            kinds=(alert) takes="--format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack alert test")
            kinds=(alert) takes="--format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack alert silence")
            kinds=(alert) takes="--for --reason --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack alert unsilence")
            kinds=(alert) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack alert remove")
            kinds=(alert) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant grant")
            kinds=(role tenant) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant map-schema")
            kinds=(schema tenant) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant default")
            kinds=(role tenant) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant undefault")
            kinds=(role) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant revoke")
            kinds=(role tenant) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant unmap-schema")
            kinds=(schema) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant show")
            kinds=(tenant) takes="--format --output -o --columns --sort --rows -n --color --host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant rename")
            kinds=(tenant -) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant disable")
            kinds=(tenant) takes="--host -h --port -p --username -U --dbname -d --env" ;;
        "dbtrack tenant enable")
            kinds=(tenant) takes="--host -h --port -p --username -U --dbname -d --env" ;;
    esac

    if [[ $current != -* && ${#kinds[@]} -gt 0 ]]; then
        for ((index = start; index < COMP_CWORD; index++)); do
            word=${COMP_WORDS[index]}
            if [[ $word != -* ]]; then
                ((position += 1))
            elif [[ ${COMP_WORDS[index+1]} == = ]]; then
                ((index += 2))
            elif [[ " $takes " == *" $word "* ]]; then
                ((index += 1))
            fi
        done
        case "${kinds[position]:--}" in
        -) ;;
        file)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        *)
            _dbtrack_values "${kinds[position]}"
            return ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
}

complete -o bashdefault -o filenames -F _dbtrack dbtrack
