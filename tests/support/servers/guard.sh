# Starts a server, then waits until its standard input ends, which it does when the test process goes, however it
# goes: then stops the server and removes its directory.
#   $1 folder of the programs   $2 the server's directory
"$1/pg_ctl" start --silent --wait --pgdata="$2/data" --log="$2/log" >/dev/null 2>&1 && echo ready || echo failed
read -r _
"$1/pg_ctl" stop --silent --mode=immediate --pgdata="$2/data" >/dev/null 2>&1
rm -rf -- "$(readlink -f "$2/data")" "$2"
