# bash completion of dbtrack, written by 'dbtrack completion bash'.

_dbtrack() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path=dbtrack word index
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
            "dbtrack install") path="dbtrack install" ;;
            "dbtrack uninstall") path="dbtrack uninstall" ;;
            "dbtrack doctor") path="dbtrack doctor" ;;
            "dbtrack maintain") path="dbtrack maintain" ;;
            "dbtrack cleanup") path="dbtrack cleanup" ;;
            "dbtrack archive") path="dbtrack archive" ;;
            "dbtrack archive list") path="dbtrack archive list" ;;
            "dbtrack archive query") path="dbtrack archive query" ;;
            "dbtrack archive restore") path="dbtrack archive restore" ;;
            "dbtrack rollup") path="dbtrack rollup" ;;
            "dbtrack reconcile") path="dbtrack reconcile" ;;
            "dbtrack settings") path="dbtrack settings" ;;
            "dbtrack track") path="dbtrack track" ;;
            "dbtrack complete") path="dbtrack complete" ;;
            "dbtrack ingest") path="dbtrack ingest" ;;
            "dbtrack key") path="dbtrack key" ;;
            "dbtrack key new") path="dbtrack key new" ;;
            "dbtrack spool") path="dbtrack spool" ;;
            "dbtrack spool list") path="dbtrack spool list" ;;
            "dbtrack spool flush") path="dbtrack spool flush" ;;
            "dbtrack spool drop") path="dbtrack spool drop" ;;
            "dbtrack dashboard") path="dbtrack dashboard" ;;
            "dbtrack history") path="dbtrack history" ;;
            "dbtrack own") path="dbtrack own" ;;
            "dbtrack errors") path="dbtrack errors" ;;
            "dbtrack performance") path="dbtrack performance" ;;
            "dbtrack health") path="dbtrack health" ;;
            "dbtrack access") path="dbtrack access" ;;
            "dbtrack administration") path="dbtrack administration" ;;
            "dbtrack show") path="dbtrack show" ;;
            "dbtrack seal") path="dbtrack seal" ;;
            "dbtrack digest") path="dbtrack digest" ;;
            "dbtrack verify") path="dbtrack verify" ;;
            "dbtrack prove") path="dbtrack prove" ;;
            "dbtrack check-proof") path="dbtrack check-proof" ;;
            "dbtrack erase") path="dbtrack erase" ;;
            "dbtrack webhook") path="dbtrack webhook" ;;
            "dbtrack webhook add") path="dbtrack webhook add" ;;
            "dbtrack webhook list") path="dbtrack webhook list" ;;
            "dbtrack webhook show") path="dbtrack webhook show" ;;
            "dbtrack webhook test") path="dbtrack webhook test" ;;
            "dbtrack webhook change") path="dbtrack webhook change" ;;
            "dbtrack webhook rotate") path="dbtrack webhook rotate" ;;
            "dbtrack webhook pause") path="dbtrack webhook pause" ;;
            "dbtrack webhook resume") path="dbtrack webhook resume" ;;
            "dbtrack webhook dead") path="dbtrack webhook dead" ;;
            "dbtrack webhook replay") path="dbtrack webhook replay" ;;
            "dbtrack webhook remove") path="dbtrack webhook remove" ;;
            "dbtrack notify") path="dbtrack notify" ;;
            "dbtrack endpoint") path="dbtrack endpoint" ;;
            "dbtrack endpoint list") path="dbtrack endpoint list" ;;
            "dbtrack endpoint pause") path="dbtrack endpoint pause" ;;
            "dbtrack endpoint resume") path="dbtrack endpoint resume" ;;
            "dbtrack endpoint remove") path="dbtrack endpoint remove" ;;
            "dbtrack alert") path="dbtrack alert" ;;
            "dbtrack alert add") path="dbtrack alert add" ;;
            "dbtrack alert list") path="dbtrack alert list" ;;
            "dbtrack alert show") path="dbtrack alert show" ;;
            "dbtrack alert test") path="dbtrack alert test" ;;
            "dbtrack alert check") path="dbtrack alert check" ;;
            "dbtrack alert silence") path="dbtrack alert silence" ;;
            "dbtrack alert unsilence") path="dbtrack alert unsilence" ;;
            "dbtrack alert remove") path="dbtrack alert remove" ;;
            "dbtrack export") path="dbtrack export" ;;
            "dbtrack stream") path="dbtrack stream" ;;
            "dbtrack serve") path="dbtrack serve" ;;
            "dbtrack token") path="dbtrack token" ;;
            "dbtrack token create") path="dbtrack token create" ;;
            "dbtrack token list") path="dbtrack token list" ;;
            "dbtrack token revoke") path="dbtrack token revoke" ;;
            "dbtrack metrics") path="dbtrack metrics" ;;
            "dbtrack publication") path="dbtrack publication" ;;
            "dbtrack publication create") path="dbtrack publication create" ;;
            "dbtrack publication list") path="dbtrack publication list" ;;
            "dbtrack publication drop") path="dbtrack publication drop" ;;
            "dbtrack tenant") path="dbtrack tenant" ;;
            "dbtrack tenant add") path="dbtrack tenant add" ;;
            "dbtrack tenant list") path="dbtrack tenant list" ;;
            "dbtrack tenant grant") path="dbtrack tenant grant" ;;
            "dbtrack tenant map-schema") path="dbtrack tenant map-schema" ;;
            "dbtrack tenant default") path="dbtrack tenant default" ;;
            "dbtrack tenant undefault") path="dbtrack tenant undefault" ;;
            "dbtrack tenant revoke") path="dbtrack tenant revoke" ;;
            "dbtrack tenant unmap-schema") path="dbtrack tenant unmap-schema" ;;
            "dbtrack tenant show") path="dbtrack tenant show" ;;
            "dbtrack tenant rename") path="dbtrack tenant rename" ;;
            "dbtrack tenant disable") path="dbtrack tenant disable" ;;
            "dbtrack tenant enable") path="dbtrack tenant enable" ;;
            "dbtrack tenant source") path="dbtrack tenant source" ;;
            "dbtrack tenant sync") path="dbtrack tenant sync" ;;
            "dbtrack tenant key") path="dbtrack tenant key" ;;
            "dbtrack tenant key create") path="dbtrack tenant key create" ;;
            "dbtrack tenant key rotate") path="dbtrack tenant key rotate" ;;
            "dbtrack tenant key list") path="dbtrack tenant key list" ;;
            "dbtrack tenant key drop") path="dbtrack tenant key drop" ;;
            "dbtrack demo") path="dbtrack demo" ;;
            "dbtrack completion") path="dbtrack completion" ;;
        esac
    done

    local key="$path $previous"
    case "$key" in
        *" --role-prefix" | *" --with" | *" --lock-timeout" | *" --host" | *" -h" | *" --port" | *" -p" | *" --username" | *" -U" | *" --dbname" | *" -d" | *" --env" | *" --columns" | *" --sort" | *" --rows" | *" -n" | *" --days" | *" --archive" | *" --since" | *" --until" | *" --name" | *" --type" | *" --tenant" | *" --limit" | *" --month" | *" --meta" | *" --ticket" | *" --reason" | *" --environment" | *" --approved-by" | *" --secret" | *" --error" | *" --prefix" | *" --timezone" | *" --to" | *" --watch" | *" --user" | *" --object" | *" --grep" | *" --app" | *" --hours" | *" --key-command" | *" --digests" | *" --from-block" | *" --to-block" | *" --jobs" | *" -j" | *" --subject" | *" --events" | *" --header" | *" --origin" | *" --timeout" | *" --id" | *" --interval" | *" --most-webhooks" | *" --when" | *" --report" | *" --count" | *" --within" | *" --for" | *" --clear-for" | *" --remind" | *" --every" | *" --ready" | *" --syslog" | *" --otlp" | *" --listen" | *" --proxy" | *" --cors-origin" | *" --workers" | *" --pool-size" | *" --read-from" | *" --statement-timeout" | *" --request-timeout" | *" --rate" | *" --expires" | *" --textfile" | *" --label" | *" --most-tenants" | *" --most-types" | *" --subscription" | *" --role" | *" --subscriber-version" | *" --title" | *" --overlap-hours")
            return ;;
        *" --redact")
            mapfile -t COMPREPLY < <(compgen -W "secrets all none" -- "$current")
            return ;;
        "dbtrack doctor --format" | "dbtrack archive list --format" | "dbtrack archive query --format" | "dbtrack reconcile --format" | "dbtrack settings --format" | "dbtrack spool list --format" | "dbtrack dashboard --format" | "dbtrack history --format" | "dbtrack own --format" | "dbtrack errors --format" | "dbtrack performance --format" | "dbtrack access --format" | "dbtrack administration --format" | "dbtrack show --format" | "dbtrack verify --format" | "dbtrack webhook list --format" | "dbtrack webhook show --format" | "dbtrack webhook dead --format" | "dbtrack endpoint list --format" | "dbtrack alert list --format" | "dbtrack alert show --format" | "dbtrack alert test --format" | "dbtrack alert check --format" | "dbtrack token list --format" | "dbtrack publication list --format" | "dbtrack tenant list --format" | "dbtrack tenant show --format" | "dbtrack tenant key list --format")
            mapfile -t COMPREPLY < <(compgen -W "table json jsonl csv spreadsheet markdown plain" -- "$current")
            return ;;
        "dbtrack health --format")
            mapfile -t COMPREPLY < <(compgen -W "table json jsonl csv spreadsheet markdown plain nagios" -- "$current")
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
        *" --output" | *" -o" | *" --key-file" | *" --error-file" | "dbtrack digest --key" | "dbtrack prove --key" | *" --new-key" | *" --directory" | *" --public-key" | *" --state" | *" --syslog-ca" | *" --syslog-cert" | *" --producer-config" | *" --tls-cert" | *" --tls-key" | *" --path")
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        *" --color")
            mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$current")
            return ;;
        *" --status")
            mapfile -t COMPREPLY < <(compgen -W "RUNNING COMPLETED FAILED CANCELLED ABANDONED" -- "$current")
            return ;;
        *" --summary")
            mapfile -t COMPREPLY < <(compgen -W "github gitlab" -- "$current")
            return ;;
        *" --log-format")
            mapfile -t COMPREPLY < <(compgen -W "auto json csv stderr" -- "$current")
            return ;;
        *" --by")
            mapfile -t COMPREPLY < <(compgen -W "name object user" -- "$current")
            return ;;
        "dbtrack stream --key")
            mapfile -t COMPREPLY < <(compgen -W "object database" -- "$current")
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
            [[ $current == -* ]] && offered="--version --help" || offered="install uninstall doctor maintain cleanup archive rollup reconcile settings track complete ingest key spool dashboard history own errors performance health access administration show seal digest verify prove check-proof erase webhook notify endpoint alert export stream serve token metrics publication tenant demo completion" ;;
        "dbtrack install")
            [[ $current == -* ]] && offered="--sql --adopt --require-capture --role-prefix --with --lock-timeout --redact --quiet --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack uninstall")
            [[ $current == -* ]] && offered="--yes --keep-data --cascade --quiet --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack doctor")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack maintain")
            [[ $current == -* ]] && offered="--verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack cleanup")
            [[ $current == -* ]] && offered="--days --dry-run --archive --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack archive")
            [[ $current == -* ]] && offered="--help" || offered="list query restore" ;;
        "dbtrack archive list")
            [[ $current == -* ]] && offered="--help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack archive query")
            [[ $current == -* ]] && offered="--since --until --name --type --status --tenant --limit --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager" || offered="" ;;
        "dbtrack archive restore")
            [[ $current == -* ]] && offered="--month --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack rollup")
            [[ $current == -* ]] && offered="--rebuild --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack reconcile")
            [[ $current == -* ]] && offered="--baseline --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack settings")
            [[ $current == -* ]] && offered="--reset --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack track")
            [[ $current == -* ]] && offered="--type --tenant --meta --ticket --reason --environment --approved-by --git --no-git --secret --require --strict --key-file --summary --no-link --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack complete")
            [[ $current == -* ]] && offered="--failed --error --error-file --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack ingest")
            [[ $current == -* ]] && offered="--prefix --log-format --follow --from-server --since --timezone --all-databases --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
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
            [[ $current == -* ]] && offered="--tenant --since --until --by-tenant --check --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack history")
            [[ $current == -* ]] && offered="--days --type --status --user --object --grep --name --app --failed --slow --waited --ticket --environment --tenant --since --until --limit --watch --never --statements --ddl --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack own")
            [[ $current == -* ]] && offered="--days --since --until --limit --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack errors")
            [[ $current == -* ]] && offered="--each --follow --hours --status --type --user --object --grep --name --app --failed --slow --waited --tenant --since --until --limit --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack performance")
            [[ $current == -* ]] && offered="--by --limit --tenant --since --until --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack health")
            [[ $current == -* ]] && offered="--tenant --watch --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack access")
            [[ $current == -* ]] && offered="--days --tenant --user --since --until --limit --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack administration")
            [[ $current == -* ]] && offered="--days --user --since --until --limit --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack show")
            [[ $current == -* ]] && offered="--decrypt --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack seal")
            [[ $current == -* ]] && offered="--verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack digest")
            [[ $current == -* ]] && offered="--key --key-command --new-key --unsigned --directory --help --output --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack verify")
            [[ $current == -* ]] && offered="--digests --public-key --since --from-block --to-block --jobs --each --accept-fork --reason --help --format --output --utc --json --columns --sort --rows --verbose --color --relative --no-pager --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack prove")
            [[ $current == -* ]] && offered="--digests --key --reveal --help --output --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack check-proof")
            [[ $current == -* ]] && offered="--public-key --unsigned --help" || offered="" ;;
        "dbtrack erase")
            [[ $current == -* ]] && offered="--subject --reason --dry-run --yes --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
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
            [[ $current == -* ]] && offered="--since --until --tenant --full --state --after-restore --type --user --object --grep --name --app --failed --slow --waited --verbose --help --utc --format --output --syslog --syslog-ca --syslog-cert --syslog-plain --otlp --host --port --username --dbname --no-password --password --env" || offered="executions objects dashboard history own errors performance health access administration" ;;
        "dbtrack stream")
            [[ $current == -* ]] && offered="--to --name --format --key --events --tenant --from-beginning --once --deliver-after --producer-config --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
        "dbtrack serve")
            [[ $current == -* ]] && offered="--listen --tls-cert --tls-key --insecure --proxy --cors-origin --workers --pool-size --read-from --statement-timeout --request-timeout --rate --verbose --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
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
            [[ $current == -* ]] && offered="--tenant --subscription --role --subscriber-version --new-only --print-sql --help --host --port --username --dbname --no-password --password --env" || offered="" ;;
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

    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
}

complete -o bashdefault -o filenames -F _dbtrack dbtrack
