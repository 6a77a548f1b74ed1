from tests.database.vault.test_push import vault
def test_x(vault):
    s = vault.source("x"); s.sql("CREATE TABLE a (id int)")
    s.seal()
    p = s.push("-v"); open("/tmp/vault_err","w").write(p.stderr)
    from tests.support.command_line import run_dbtrack
    open("/tmp/vault_err","a").write(run_dbtrack("alert","--help").stdout)
