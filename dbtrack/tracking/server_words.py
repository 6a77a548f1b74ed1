"""The words with which PostgreSQL begins the parts of a message, in the languages that it speaks.

They are those of its own translations. A word that is not here costs a detail of a record, and no more.
"""

from __future__ import annotations

_FAILED = """
    ERROR FATAL PANIC FEHLER PANIK ERREUR ERRORE FATALE PANICO ERRO PÂNICO FEL FATALT HATA ÖLÜMCÜL KRİTİK
    BŁĄD KATASTROFALNY PANIKA CHYBA ОШИБКА ВАЖНО ПАНИКА ПОМИЛКА ФАТАЛЬНО ПАНІКА შეცდომა
    エラー 오류 치명적오류 错误 致命错误 錯誤 嚴重錯誤
"""
_OTHER = """
    LOG INFO NOTICE WARNING DEBUG DEBUG1 DEBUG2 DEBUG3 DEBUG4 DEBUG5 HINWEIS WARNUNG ATTENTION AVERTISSEMENT
    NOTA ADVERTENCIA AVISO NOTIFICA ATTENZIONE
"""
# By the word that English has.
_PARTS = {
    "DETAIL": """DÉTAIL DETALLE DETTAGLI DETALHE DETALJ AYRINTI SZCZEGÓŁY ПОДРОБНОСТИ ДЕТАЛІ
        詳細 상세정보 详细信息 詳細資料""",
    "HINT": """TIPP ASTUCE SUGERENCIA SUGGERIMENTO DICA TIPS İPUCU PODPOWIEDŹ DOPORUČENÍ ПОДСКАЗКА ПІДКАЗКА
        УКАЗАННЯ ヒント 힌트 提示""",
    "QUERY": """ANFRAGE REQUÊTE CONSULTA FRÅGA SORGU ZAPYTANIE DOTAZ ЗАПРОС ЗАПИТ
        問い合わせ クエリー 쿼리 查询""",
    "CONTEXT": """ZUSAMMENHANG CONTEXTE CONTEXTO CONTESTO KONTEXT BAĞLAM KONTEKST КОНТЕКСТ
        文脈 コンテキスト 내용 上下文""",
    "STATEMENT": """ANWEISUNG INSTRUCTION SENTENCIA ISTRUZIONE COMANDO SATS KOMUT WYRAŻENIE PŘÍKAZ ОПЕРАТОР
        ИНСТРУКЦИЯ ステートメント 文 명령구문 语句 陈述""",
    "LOCATION": "ORT EMPLACEMENT UBICACIÓN",
    "BACKTRACE": "",
}

FAILED_SEVERITIES = frozenset(_FAILED.split())
OTHER_SEVERITIES = frozenset(_OTHER.split())
PARTS = {word: part for part, words in _PARTS.items() for word in (part, *words.split())}
"""A part of a message in any language to the word that English has for it."""
