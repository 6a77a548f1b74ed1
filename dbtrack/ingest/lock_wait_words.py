"""The messages of log_lock_waits in the languages of PostgreSQL, from its translations.

The values stand in braces. The names of the lock modes are the same in all languages. A deadlock that the
server avoided is a wait that continues, one that it detected has failed.
"""

from __future__ import annotations

_WAITING = """
    process {pid} still waiting for {mode} on {target} after {ms}.{us} ms
    process {pid} avoided deadlock for {mode} on {target} by rearranging queue order after {ms}.{us} ms
    Prozess {pid} wartet immer noch auf {mode}-Sperre auf {target} nach {ms},{us} ms
    Prozess {pid} vermied Verklemmung wegen {mode}-Sperre auf {target} durch Umordnen der Queue nach
        {ms},{us} ms
    el proceso {pid} aún espera {mode} en {target} después de {ms}.{us} ms
    el proceso {pid} evitó un deadlock para {mode} en {target} reordenando la cola después de {ms}.{us}
        ms
    le processus {pid} est toujours en attente de {mode} sur {target} après {ms}.{us} ms
    le processus {pid} a évité un verrou mortel pour {mode} sur {target} en modifiant l'ordre de la
        queue après {ms}.{us} ms
    il processo {pid} è ancora un attesa di {mode} su {target} dopo {ms}.{us} ms
    il processo {pid} ha evitato un deadlock per {mode} su {target} modificando l'ordine della coda dopo
        {ms}.{us} ms
    プロセス{pid}は{mode}を{target}で待機しています。{ms}.{us}ミリ秒後
    プロセス{pid}は、{ms}.{us} ms後にキューの順番を再調整することで、{target}上の{mode}に対する\
デッドロックを防ぎました。
    {pid} PID 프로세스에서 여전히 {mode}({target}) 작업을 기다리고 있음({ms}.{us}ms 후)
    {pid} PID 프로세스는 {mode}({target})에 대해 교착 상태가 발생하지 않도록
        {ms}.{us}ms 후에 대기열 순서를 다시 조정함
    процесс {pid} продолжает ожидать в режиме {mode} блокировку "{target}" в течение {ms}.{us} мс
    процесс {pid} избежал взаимоблокировки, ожидая в режиме {mode} блокировку "{target}", изменив
        порядок очереди через {ms}.{us} мс
    process {pid} väntar fortfarande på {mode} för {target} efter {ms}.{us} ms
    process {pid} undvek deadlock på {mode} för {target} genom att kasta om köordningen efter {ms}.{us}
        ms
    процес {pid} все ще чекає в режимі {mode} блокування {target} після {ms}.{us} мс
    процес {pid} уникнув взаємного блокування, чекаючи в режимі {mode} блокування {target} змінивши
        порядок черги після {ms}.{us} мс
    进程{pid}在{ms}.{us} ms仍然等待在{target}上的{mode}
    进程{pid}在{ms}.{us} ms通过重新安排序列顺序来避免在{target}上的{mode}的死锁
"""
_ACQUIRED = """
    process {pid} acquired {mode} on {target} after {ms}.{us} ms
    Prozess {pid} erlangte {mode}-Sperre auf {target} nach {ms},{us} ms
    el proceso {pid} adquirió {mode} en {target} después de {ms}.{us} ms
    le processus {pid} a acquis {mode} sur {target} après {ms}.{us} ms
    il processo {pid} ha acquisito {mode} su {target} dopo {ms}.{us} ms
    プロセス{pid}は{ms}.{us} ms後に{target}上の{mode}を獲得しました
    {pid} PID 프로세스가 {mode}({target}) 작업을 위해 잠금 취득함({ms}.{us}ms 후)
    процесс {pid} получил в режиме {mode} блокировку "{target}" через {ms}.{us} мс
    process {pid} fick {mode} på {target} efter {ms}.{us} ms
    процес {pid} отримав в режимі {mode} блокування {target} після {ms}.{us} мс
    进程{pid}在{ms}.{us} ms后获取在{target}上的{mode}
"""
_FAILED = """
    process {pid} failed to acquire {mode} on {target} after {ms}.{us} ms
    process {pid} detected deadlock while waiting for {mode} on {target} after {ms}.{us} ms
    Prozess {pid} konnte {mode}-Sperre auf {target} nach {ms},{us} ms nicht erlangen
    Prozess {pid} hat Verklemmung festgestellt beim Warten auf {mode}-Sperre auf {target} nach {ms},{us}
        ms
    el proceso {pid} no pudo adquirir {mode} en {target} después de {ms}.{us} ms
    el proceso {pid} detectó un deadlock mientras esperaba {mode} en {target} después de {ms}.{us} ms
    le processus {pid} a échoué pour l'acquisition de {mode} sur {target} après {ms}.{us} ms
    le processus {pid} a détecté un verrou mortel alors qu'il était en attente de {mode} sur {target}
        après {ms}.{us} ms
    il processo {pid} ha fallito l'acquisizione di {mode} su {target} dopo {ms}.{us} ms
    il processo {pid} ha individuato un deadlock mentre era in attesa di {mode} su {target} dopo
        {ms}.{us} ms
    プロセス{pid}は{ms}.{us} ms後に{target}上で{mode}を獲得することに失敗しました
    プロセス{pid}は、{target}上の{mode}に対し{ms}.{us} ms待機するデッドロックを検知しました
    프로세스 {pid}에서 {mode}({target})을(를) 취득하지 못함({ms}.{us}ms 후)
    {pid} PID 프로세스에서 {mode}({target}) 대기중 {ms}.{us}ms 후에 교착 상태를 감지함
    процесс {pid} не смог получить в режиме {mode} блокировку "{target}" за {ms}.{us} мс
    процесс {pid} обнаружил взаимоблокировку, ожидая в режиме {mode} блокировку "{target}" в течение
        {ms}.{us} мс
    process {pid} misslyckades att ta {mode} på {target} efter {ms}.{us} ms
    process {pid} upptäckte deadlock medan den väntade på {mode} för {target} efter {ms}.{us} ms
    процес {pid} не зміг отримати в режимі {mode} блокування {target} після {ms}.{us} мс
    процес {pid} виявив взаємне блокування, чекаючи в режимі {mode} блокування {target} після {ms}.{us}
        мс
    进程{pid}在{ms}.{us} ms后获取在{target}上的{mode}失败
    进程{pid}在{ms}.{us} ms等待在{target}上的{mode}同时监测到死锁
"""


def _templates(text: str) -> tuple[str, ...]:
    """Return the messages, one a line; a line that is indented further continues the one before."""
    return tuple(text.replace("\n        ", " ").split("\n")[1:-1])


WAITING = tuple(template.strip() for template in _templates(_WAITING))
"""The messages about a wait that continues."""
ACQUIRED = tuple(template.strip() for template in _templates(_ACQUIRED))
"""The messages about a lock that was acquired after a wait."""
FAILED = tuple(template.strip() for template in _templates(_FAILED))
"""The messages about a wait that ended without the lock."""
