"""The words with which PostgreSQL begins its messages and their parts, in all its languages.

They come from PostgreSQL's translations, of all minor releases that the tests have catalogs of, as a minor
release can change them. `dbtrack ingest` reports an unknown word.
"""

from __future__ import annotations

_FAILED = """
    ERROR, FATAL, PANIC, FEHLER, PANIK, ERREUR, ERRORE, FATALE, PANICO, ERRO, PÂNICO, FEL, FATALT,
    HATA, ÖLÜMCÜL, KRİTİK, BŁĄD, KATASTROFALNY, PANIKA, CHYBA, ОШИБКА, ВАЖНО, ПАНИКА, ПОМИЛКА,
    ФАТАЛЬНО, ПАНІКА, შეცდომა, ფატალური, პანიკა, エラー, 오류, 치명적오류, 손상, 错误, 致命错误,
    比致命错误还过分的错误, 灾难性错误, 錯誤, 致命錯誤, 嚴重錯誤
"""
_OTHER = """
    LOG, INFO, NOTICE, WARNING, DEBUG, DEBUG1, DEBUG2, DEBUG3, DEBUG4, DEBUG5, HINWEIS, WARNUNG,
    ATTENTION, AVERTISSEMENT, NOTA, ADVERTENCIA, AVISO, NOTIFICA, ATTENZIONE, LOGG, VARNING, NOTIS,
    СООБЩЕНИЕ, ПРЕДУПРЕЖДЕНИЕ, ЗАМЕЧАНИЕ, ИНФОРМАЦИЯ, ОТЛАДКА, ЗАПИСУВАННЯ, ПОПЕРЕДЖЕННЯ,
    ПОВІДОМЛЕННЯ, ІНФОРМАЦІЯ, НАЛАГОДЖЕННЯ, ჟურნალი, გაფრთხილება, ინფორმაცია, გამართვა, 로그, 경고,
    알림, 정보, 디버그, 日志, 警告, 注意, 信息, 调试, 日誌, 資訊, 除錯
"""
# By the English word.
_PARTS = {
    "DETAIL": """DÉTAIL, DETALLE, DETTAGLI, DETALHE, DETALJ, AYRINTI, SZCZEGÓŁY, ПОДРОБНОСТИ,
        ДЕТАЛІ, ВІДОМОСТІ, დეტალები, 詳細, 상세정보, 详细信息, 详情, 詳細資料, 詳情""",
    "HINT": """TIPP, ASTUCE, SUGERENCIA, SUGGERIMENTO, DICA, TIPS, İPUCU, PODPOWIEDŹ, DOPORUČENÍ,
        ПОДСКАЗКА, ПІДКАЗКА, УКАЗІВКА, მინიშნება, ヒント, 힌트, 提示""",
    "QUERY": """ANFRAGE, REQUÊTE, CONSULTA, FRÅGA, SORGU, ZAPYTANIE, DOTAZ, ЗАПРОС, ЗАПИТ,
        მოთხოვნა, 問い合わせ, クエリー, 쿼리, 查询, 查詢""",
    "CONTEXT": """ZUSAMMENHANG, CONTEXTE, CONTEXTO, CONTESTO, KONTEXT, BAĞLAM, KONTEKST, КОНТЕКСТ,
        კონტექსტი, 文脈, コンテキスト, 내용, 上下文""",
    "STATEMENT": """ANWEISUNG, INSTRUCTION, SENTENCIA, ISTRUZIONE, COMANDO, SATS, KOMUT, WYRAŻENIE,
        PŘÍKAZ, ОПЕРАТОР, ИНСТРУКЦИЯ, ІНСТРУКЦІЯ, ოპერატორი, ステートメント, 文, 명령 구문,
        명령구문, 语句, 陈述, 陳述式""",
    "LOCATION": """EMPLACEMENT, UBICACIÓN, ORT, PLATS, POSIZIONE, ПОЛОЖЕНИЕ, РОЗТАШУВАННЯ,
        მდებარეობა, 位置, 場所, 위치""",
    "BACKTRACE": "PILE D'APPEL, バックトレース, სტეკი, 역추적, СТЕК, ВІДСТЕЖУВАТИ, 回溯",
}
# Written by log_statement, and by log_min_duration_statement after the duration.
_STATEMENT_LABELS = """
    statement, Anweisung, sentencia, instruction, istruzione, sats, оператор, ოპერატორი,
    გამოსახულება, 文, 명령 구문, 语句, 陳述式
"""
_EXECUTE_LABELS = """
    execute, Ausführen, ejecutar, exécute, esecuzione di, kör, выполнение, выборка из, виконувати,
    виконати, გაშვება, 実行, 取り出し実行, 쿼리실행, 자료뽑기, 执行, 執行
"""
_PREPARING = """
    parse, bind, Parsen, Binden, analyse, lien, analisi, разбор, аналізування, მიბმა, パース, バインド, 解析,
    绑定, 繫結
"""
_REFUSED = """
    permission denied for, must be owner of, keine Berechtigung für, permiso denegado a, droit refusé pour,
    permesso negato per, へのアクセスが拒否されました, წვდომა აკრძალულია, 접근 권한 없음, нет доступа к,
    rättighet saknas för, немає дозволу для, 权限不够, 权限不足, 權限不足
"""
_UNKNOWN = """
    [unknown], [unbekannt], [desconocido], [inconnu], [sconosciuto], [不明], [უცნობი], [알수없음], [н/д],
    [okänd], [未知]
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for piece in text.split(",") if (word := piece.strip()))


FAILED_SEVERITIES = frozenset(_words(_FAILED))
OTHER_SEVERITIES = frozenset(_words(_OTHER))
PARTS = {word: part for part, words in _PARTS.items() for word in (part, *_words(words))}
"""Maps a part of a message in any language to the English word."""
SEVERITIES_AND_PARTS = FAILED_SEVERITIES | OTHER_SEVERITIES | PARTS.keys()
"""The words with which a log entry or a part of one begins."""
STATEMENT_LABELS = _words(_STATEMENT_LABELS)
"""The words before a simple query in the log."""
EXECUTE_LABELS = _words(_EXECUTE_LABELS)
"""The words before the name of a prepared statement that is executed."""
INNER_STATEMENTS = (
    ('SQL statement "', '"'),
    ("SQL-Anweisung »", "«"),
    ("sentencia SQL: «", "»"),
    ("instruction SQL « ", " »"),
    ('istruzione SQL "', '"'),
    ('SQL文 "', '"'),
    ('SQL ოპერატორი "', '"'),
    ('SQL 구문: "', '"'),
    ('SQL-оператор: "', '"'),
    ('SQL-sats: "', '"'),
    ('SQL-оператор "', '"'),
    ('SQL 语句 "', '"'),
    ('SQL 敘述 "', '"'),
)
"""What encloses a statement that a function runs, in a message's context."""
PREPARING_LABELS = frozenset(_words(_PREPARING))
"""The words of entries for parsing or binding a prepared statement, which are not recorded."""
REFUSALS = _words(_REFUSED)
"""Phrases of messages about a missing privilege."""
UNKNOWN_NAMES = frozenset(_words(_UNKNOWN))
"""What the log contains for a name that is not known yet."""
