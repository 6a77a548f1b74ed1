r"""The definition of a secret, used by the command line and by the functions in the database.

``python -m tools.generate`` writes it into the redacting routines of ``sql/``, between ``-- <secrets:NAME>``
and ``-- </secrets>``. A test checks that both give the same results.

The regular expressions use only what Python's ``re`` (with ``DOTALL`` and ``ASCII``) and PostgreSQL (with
``COLLATE "C"``) interpret equally:

- no ``\b``, ``\m``, ``\y``: a boundary is a lookbehind or lookahead of one character
- no back reference and no lookbehind of more than one character: PostgreSQL would need quadratic time
- no lazy quantifier; where two alternatives match, the first is the longest
- ``(?!.)`` is the end of the text
- no repetition that can run over the beginning of the next match: the work stays proportional to the length.
  The bounds of ``{0,40}`` are for Python's sake; PostgreSQL's engine needs none, and gets ``*``.
"""

from __future__ import annotations

from dataclasses import dataclass

REDACTED = "***"

LONGEST_TEXT = 1_000_000
"""A longer message is not stored at all."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# --- names ----------------------------------------------------------------------------------------

_KEY_KINDS = (
    "api|access|private|encryption|account|shared|sharedaccess|signing|auth|master|storage|session|hmac|service|deploy|enc|aes|cipher|crypt"
    "|stripe|sendgrid|openai|anthropic"
)
# Anywhere in a name: db_password, PGPASSWORD, client-secret, API key.
_SECRET_NAME = (
    r"passw(?:or)?d|passphrase|passcode|pwd|kennwort|secret|token|credential"
    rf"|(?:{_KEY_KINDS})[ _-]?key|sharedaccesssignature"
)
_ACCOUNTS = (
    "db|user|usr|admin|root|my|pg|smtp|mail|ftp|ssh|app|login|proxy|redis|mysql|sql|store|key|bind|http"
)
# At the end of a name: DB_PASS, app.db_pw, GH_PAT, X-Amz-Signature; but not compass, bypass.
_SECRET_NAME_END = (
    rf"(?:(?:(?<![0-9a-z])|{_ACCOUNTS})pass|pw|psw|(?<![0-9a-z])(?:pat|sig|bearer)|signature|cookie|jwt|_auth)"
    r"(?![0-9a-z])"
)
# Properties of a secret are not secret: token_count, password_changed_at.
_PROPERTY_SUFFIX = (
    r"s?[_ -]?(?:count|length|size|age|type|name|file|path|changed|rotated|expir|created|updated|at|until|ttl"
    r"|days|enabled|required|policy|limit|used|valid)"
)
SECRET_KEY = rf"(?:{_SECRET_NAME})(?!{_PROPERTY_SUFFIX})|{_SECRET_NAME_END}"
"""If it matches a key of a JSON object, the value is a secret."""

BEFORE_SETTING_VALUE = (
    r"(?<![\w.])set\s+(?:(?:local|session)\s+)?[\w.]{0,60}"
    r"(?:pass|pwd|pw|secret|token|key|credential)[\w.]{0,60}\s*(?:=|(?<!\w)to(?!\w))\s*"
)
"""What precedes the unquoted value of a setting, as in ``SET app.token = abc``."""

SECRET_OPTION = (
    rf"(?<![\w-])--?(?!-?no-)[\w-]{{0,40}}(?:(?:{_SECRET_NAME})s?(?![\w-]{{0,40}}(?:file|path|stdin|prompt|command))"
    rf"[\w-]{{0,40}}|{_SECRET_NAME_END})"
)
"""An option after which the next word is a secret: ``--password``, ``--db-pass``."""

# --- values ---------------------------------------------------------------------------------------

# ''x'' inside an SQL literal, 'x', 'it''s', "x", \"x\" inside another text. The end may be truncated.
_APOSTROPHES = r"'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))"
_QUOTES = r'"(?:[^"\\]|\\.)*(?:"|\\?(?!.))'
_SINGLE = rf"''[^'\s][^']*(?:''|'?(?!.))|{_APOSTROPHES}"
_QUOTED = rf"""{_SINGLE}|{_QUOTES}|\\+["'][^"'\\]*(?:\\+["'])?"""
_DOLLARS = r"\$\w*\$(?:[^$]|\$(?!\w*\$))*(?:\$\w*\$)?"
# An unquoted value ends at a space or quote, at the next name of a list, and at a closing bracket.
_BARE = (
    r"""(?![&,;]\s?\\?["']?[\w.-]{1,40}\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]|\\(?!["'\\])"""
)
# abc'd e': a quote after it usually ends the literal that contains it.
_VALUE = rf"(?:{_QUOTED}|{_BARE})(?:{_BARE}|(?=['\"]\w)(?:{_APOSTROPHES}|{_QUOTES}))*"
# After an option, where a word that begins with a dash is the next option.
_WORD = rf"(?!-){_VALUE}"
_LINE = r"""[^\s'"\\][^\n\r'"\\]*"""


@dataclass(frozen=True)
class Rule:
    """How to find a secret in free text.

    Args:
        words: LIKE patterns in lower case; any text in which the rule matches contains one of them.
        marks: characters; any such text also contains one of these, unless it is empty.
        before: what precedes the secret, and is kept.
        secret: what is replaced.
    """

    words: tuple[str, ...]
    before: str
    secret: str = _VALUE
    marks: str = ""
    ignores_case: bool = True

    @property
    def expression(self) -> str:
        """The whole expression; its only group, if any, is kept."""
        return f"({self.before}){self.secret}" if self.before else self.secret


@dataclass(frozen=True)
class Program:
    """A program with a one-letter option for a secret.

    Args:
        names: of the program, with its subcommand.
        is_attached: whether the secret is in the same word as the option, rather than in the next one.
    """

    names: str
    option: str
    is_attached: bool = False

    @property
    def before(self) -> str:
        """What precedes the secret, in a command line as one text."""
        option = rf"\s['\"]?{self.option}"
        between = rf"(?:(?!{option})[^\n;|&]){{0,200}}"
        return rf"(?:{self.names})(?:\.exe)?(?![\w.-]){between}{option}" + (
            "" if self.is_attached else r"\s{0,8}"
        )


PROGRAMS = (
    Program(r"mysql(?:dump|admin|import|check|sh)?|mariadb(?:-dump)?|mycli|7za?", "-p", True),
    Program(r"sshpass|(?:docker|podman|registry|az|oc)\slogin|mongo(?:sh|dump|restore)?|cqlsh", "-p"),
    Program(r"redis-cli", "-a"),
    Program(r"ldap(?:search|modify|add|delete|passwd)", "-w"),
    Program(r"sqlcmd|bcp|isql|(?:un)?zip", "-P"),
    Program(r"curl", "-b"),
)
PROGRAM_NAMES = "|".join(program.names for program in PROGRAMS)
_PROGRAM_WORDS = _words(
    "mysql mariadb mycli 7z sshpass login mongo cqlsh redis-cli ldap sqlcmd bcp isql zip curl"
)
# curl -u user:password, http -a user:password; but not docker run -u 1000:1000, nor -u https://host.
_USER_OPTION = (
    r"(?<![\w-])(?:-u|-a|--user|--auth|--proxy-user)[\s=]{0,3}['\"]?(?!jdbc:)[^\s:'\"=]{1,80}:"
    r"(?!//|[0-9]{1,6}(?:\s|(?!.)))"
)
BEFORE_OPTION_VALUE = (
    rf"(?<![\w.-])(?:{'|'.join(program.before for program in PROGRAMS)})",
    _USER_OPTION,
)
"""What precedes a secret that only the program or the option distinguishes from other words."""

# --- forms ----------------------------------------------------------------------------------------

# Tokens whose prefix is unmistakable, then those that a letter or digit must not precede.
_TOKENS = (
    r"gh[pousr]_\w{6}", r"github_pat_\w{6}", r"gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt)-[\w-]{8}",
    r"xox[abeoprs]-\w{2}", r"xapp-[0-9]-\w", r"hooks[.]slack[.]com/(?:services|workflows|triggers)/\w",
    r"[sr]k_(?:live|test)_\w", r"whsec_\w{6}", r"AIza[\w-]{12}", r"GOCSPX-\w", r"pypi-Ag\w",
    r"dckr_pat_\w", r"do[opr]_v1_\w", r"AGE-SECRET-KEY-1\w", r"eyJ[\w-]{8}",
)  # fmt: skip
_TOKEN_WORDS = (
    r"A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])", r"ya29[.][\w-]{6}", r"npm_[0-9A-Za-z]{30}",
    r"sk-(?:ant|proj|svcacct|admin|or)-[\w-]{6}",
    r"sk-[0-9A-Za-z]{20}", r"hf_[0-9A-Za-z]{20}", r"SG[.][\w-]{16}", r"hv[bsr][.][\w-]{16}",
)  # fmt: skip
_TOKEN = rf"(?:{'|'.join(_TOKENS)}|(?<![0-9A-Za-z])(?:{'|'.join(_TOKEN_WORDS)}))"
_HASH = (
    r"(?:SCRAM-SHA-(?:1|256|512)[$]|(?<![0-9A-Za-z])md5[0-9a-f]{32}(?![0-9A-Za-z])"
    r"|[$](?:2[abxy]|argon2(?:id|i|d))[$][0-9A-Za-z./+]|pbkdf2_sha(?:1|256|512)[$])"
)
_PEM = r"-----BEGIN [0-9A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"

# Any text in which an expression matches contains one of these LIKE patterns, in lower case.
_TOKEN_LOOK = _words(
    r"""gh_\_ \_pat\_ gl__- gl___- xox xapp slack.com k_live_ k_test_ whsec aiza gocspx pypi- v1_ secret-key
    eyj a_ia ya29 npm_ sk- hf_ sg. hv_."""
)
_HASH_LOOK = ("scram", "md5", "$2_$", "$argon", "pbkdf2")

FORMS = ((_TOKEN_LOOK, _TOKEN), ((*_HASH_LOOK, "private key"), rf"{_HASH}|{_PEM}"))
"""Known formats of tokens, hashes and keys, each with LIKE patterns to test first. Case-sensitive."""

# --- free text ------------------------------------------------------------------------------------

_SECRET_NAME_LOOK = _words("pass pw psw pat sig kennwort secret token credential key cookie jwt bearer _auth")
# Password hashes of crypt(3).
_CRYPT_LOOK = ("$5$", "$6$", "$y$")
# SK and 32 hexadecimal digits.
_TWILIO_LOOK = "sk" + "_" * 32
RULES = (
    Rule(("private key",), _PEM, r"(?:[^-]|-(?!----))*(?:-----END[0-9A-Z ]{0,60}-----)?", ignores_case=False),
    # Its beginning may be truncated.
    Rule(
        ("private key",),
        "",
        r"(?<![0-9A-Za-z+/=\s])[0-9A-Za-z+/=\s]+(?=-----END [0-9A-Z ]{0,40}PRIVATE KEY)",
        ignores_case=False,
    ),
    Rule(_TOKEN_LOOK, "", rf"{_TOKEN}[\w.~+/=-]*", ignores_case=False),
    Rule((_TWILIO_LOOK,), "", r"(?<![0-9A-Za-z])SK[0-9a-f]{32}(?![0-9A-Za-z])", ignores_case=False),
    Rule(_HASH_LOOK, "", rf"{_HASH}[0-9A-Za-z./+=$:,*-]*", ignores_case=False),
    Rule(_CRYPT_LOOK, "", r"[$][56y][$][0-9A-Za-z./$]{8,}", ignores_case=False),
    # The secret may contain '@' or '/', so it extends to the last '@' of the word.
    Rule(("://",), r"""://[^\s:@/'"]*:(?![0-9]{1,5}/)""", r"""(?:(?!://)[^\s'"])+(?=@)""", "@"),
    Rule(("://",), r"://", r"[0-9A-Za-z_.~-]{20,}(?=@)", "@"),
    Rule(("authorization",), r"""authorization\\?["']?\s*[:=]\s*\\?["']?""", _LINE),
    Rule(("cookie",), r"""cookie\\?["']?\s*:\s*\\?["']?""", _LINE),
    Rule(("bearer",), r"(?<![0-9a-z])bearer\s+", r"(?=\S{0,200}[0-9])[\w.~+/=-]{8,}"),
    Rule(
        _SECRET_NAME_LOOK,
        rf"""(?:(?:{_SECRET_NAME})[\w.-]{{0,40}}|{_SECRET_NAME_END})\\?["']?\]?(?:%[25][0-9a-f])*\s*"""
        r"(?::=|=>|==?|:|%3[ad](?:%22)?)\s*(?!\*\*\*@)",
        _VALUE,
        ":=%",
    ),
    # <password>x</password>, name="password" value="x"
    Rule(
        _SECRET_NAME_LOOK,
        rf"<[\w:.-]{{0,40}}(?:{_SECRET_NAME}|{_SECRET_NAME_END})[\w.-]{{0,40}}>\s*",
        r"[^<\s][^<]*",
        "<",
    ),
    Rule(
        _SECRET_NAME_LOOK,
        rf"""name=["'][\w:.-]{{0,40}}(?:{_SECRET_NAME}|{_SECRET_NAME_END})[\w.-]{{0,40}}["']\s+value=["']""",
        r"""[^"']+""",
        "=",
    ),
    # echo host:5432:database:user:password >> ~/.pgpass
    Rule(
        ("pgpass",),
        r"[\w.*/-]{1,80}:(?:[0-9]{2,5}|[*]):[\w.*-]{1,64}:[\w.*-]{1,64}:(?=[^\n]{0,200}pgpass)",
        _VALUE,
        ":",
    ),
    Rule(_SECRET_NAME_LOOK, rf"{SECRET_OPTION}\s+", _WORD, "-"),
    Rule(
        ("passw", "passphrase", "pwd", "secret", "token"),
        r"(?:passw(?:or)?d|passphrase|pwd|secret|token)\s+(?:[eun]&?(?='))?",
        rf"(?:{_SINGLE}|{_DOLLARS})",
        "'$",
    ),
    Rule(("password",), r"password\s+", _QUOTES, '"'),
    Rule(("identified",), r"identified\s+by\s+(?:password\s+)?"),
    Rule(_PROGRAM_WORDS, BEFORE_OPTION_VALUE[0], _WORD, "-", ignores_case=False),
    Rule(("-u", "-a"), BEFORE_OPTION_VALUE[1], _WORD, ":", ignores_case=False),
)  # fmt: skip

# --- statements -----------------------------------------------------------------------------------

STATEMENT_WORDS = (
    r"passw|pass(?:wd|phrase|code|file|key)|pass[\"']?\s*[:=]|pwd|pw(?![0-9a-z])|kennwort|secret|token|credential"
    rf"|(?:{_ACCOUNTS})[_.-]?pass(?![0-9a-z])"
    r"|bearer|oauth|jwt|cookie|webhook|dblink|conninfo|pgp_|hmac|encrypt|digest\s*[(]|crypt\s*[(]"
    r"|authorization[\"']?\s*[:=]|(?:login|register)_user|[?&;]sig=|signature[\"']?\s*="
    rf"|(?:{_KEY_KINDS})[ _-]?key|sharedaccesssignature|identified\s+by|connection\s"
    r"|options\s*(?:[(]|/[*]|--)|account_add|curl\s|mysql\w{0,10}\s+-"
    r"|://[^\s:@/]*:(?![0-9]{1,5}/)(?:(?!://)\S)*@"
    # U&'...', E'\x41': escapes that could spell such a word
    r"|u&['\"]|\\[xu0-7]"
)
"""A query string that matches this, or one of FORMS, loses its literals. Case-insensitive."""


def _shortest(*words: str) -> tuple[str, ...]:
    """Return the words without those that contain another one."""
    return tuple(
        word for word in dict.fromkeys(words) if not any(other in word for other in {*words} - {word})
    )


# For a short statement, LIKE is much cheaper than a regular expression, which each session has to compile.
# Each pattern adds 0.1 µs to a DDL statement.
STATEMENT_LOOK = _shortest(
    *_words(r"""pass pw kennwort secret token credential bearer oauth jwt cookie webhook dblink conn pgp_ hmac
    crypt digest authorization \_user key sig= signature identified account_add curl mysql
    options :// u& \\"""),
    "private key",
    *_HASH_LOOK,
    *_TOKEN_LOOK,
)
"""Any statement that STATEMENT_WORDS or FORMS match contains one of these LIKE patterns, in lower case."""

_OWN_LOOK = ("private key", *_HASH_LOOK, *_TOKEN_LOOK, _TWILIO_LOOK, *_CRYPT_LOOK)
TEXT_LOOK = _shortest(
    *_SECRET_NAME_LOOK, "://", "authorization", "identified", "-u", "-a", *_PROGRAM_WORDS, *_OWN_LOOK
)
"""Any free text in which a rule matches contains one of these LIKE patterns."""

NAME_LOOK = _shortest(":", "=", "%3", "<", "'", '"', "$", "bearer", "identified", *_OWN_LOOK)
"""Any free text in which a rule matches contains one of these, or a dash and one of the following."""
NAME_LOOK_BESIDE_DASH = _shortest(*_SECRET_NAME_LOOK, *_PROGRAM_WORDS)
