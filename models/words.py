"""How a text becomes words: one rule, as SQL for Spark and as Python for everyone else.

A word is a run of letters and digits in lower case. Letters in another form, such as full-width
ones or an accent that stands apart, are written plainly before. Links, handles and HTML entities
are about nothing and leave no words. A hashtag is split where a capital letter or a digit follows
a small letter, and before the last capital of an acronym: `#PizzaNight` is `pizza` and `night`,
`#NBATwitter` is `nba` and `twitter`.
"""

import re
from unicodedata import category, normalize

# `[\w]`, a letter, a digit or `_`, is spelled out for Java, whose own is another. Whatever is
# repeated is possessive or begins where no such run goes on: the longest text costs no more than
# its length.
_TAIL = r'[^\x00-\x20\x85\xa0\u1680\u2028\u2029<>"]*'
_LABELS = r"(?:[\w-]++\.){1,8}"
_LAST_LABEL = r"(?![0-9_A-Z-]|js[/:])[\w-]{2,}"
# Without a path, a host must end in what hardly ever begins a sentence.
_SITES = ("com", "org", "net", "edu", "gov", "io", "app", "dev", "social")
_SITE = rf"(?:(?:{'|'.join(_SITES)})(?:\.[a-z]{{2}})?|co\.[a-z]{{2}})(?![\w-])"
_PATH = rf"(?::[0-9]+)?/{_TAIL}"

# What leaves no words. Over every text, what replaces would cost as much as all the rest: each is
# used only where a text holds something that is quickly found.
_LEFT_OUT = {
    "&": r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});",
    "://": rf"[hH][tT][tT][pP][sS]?://{_TAIL}",
    "@": rf"@(?<![\w]@)(?:{_LABELS}{_LAST_LABEL}|[\w]+)(?:@[\w.-]*[\w])?",
    r"[.:][\w/]": (
        rf"(?<![\w@.-])(?:(?:[a-zA-Z]++://|(?:mailto:|[wW]ww\.|WWW\.)(?=[\w])){_TAIL}"
        rf"|{_LABELS}(?:{_SITE}(?:{_PATH}|(?::[0-9]+)?(?:[?#]{_TAIL})?)|{_LAST_LABEL}{_PATH}))"
    ),
}
# Latin letters, punctuation and emoji are plain already.
_OTHER_FORMS = r"[^\x00-\u024f\u2010-\u2027\u2600-\u27bf\ufe0f🌀-🫿]"
# A sign for `trade mark` is no letter of the word before it.
_SIGNS = "\u2120\u2122"
_SPLIT = r"(?:\p{Ll}(?=[\p{Lu}\p{N}])|\p{Lu}(?=\p{Lu}\p{Ll}))"


def _write_statement() -> str:
    steps = [
        (
            f"octet_length(plain) > length(plain) AND plain RLIKE r'{_OTHER_FORMS}'",
            "reflect('com.ibm.icu.text.Normalizer', 'compose', "
            f"translate(plain, '{_SIGNS}', '  '), true)",
        ),
        *(
            (_write_search(sign), f"regexp_replace(plain, r'{pattern}', ' ')")
            for sign, pattern in _LEFT_OUT.items()
        ),
        (
            rf"contains(plain, '#') AND plain RLIKE r'#[\p{{L}}\p{{N}}]*?{_SPLIT}'",
            rf"regexp_replace(plain, r'((?:#|\G(?<!^))[\p{{L}}\p{{N}}]*?{_SPLIT})', '$1 ')",
        ),
    ]
    source = "(SELECT *, text AS plain FROM __THIS__)"
    for condition, change in steps:
        step = f"if({condition}, {change}, plain) AS plain"
        source = f"(SELECT * EXCEPT (plain), {step} FROM {source})"  # noqa: S608
    # Lower-casing asks the JVM's locale, and a Turkish one turns I into a dotless i: the collation
    # stands for no country's rules. The empty words that `split` finds are in no vocabulary. What
    # `++` matched it never tries again with less.
    words = r"split(lower(plain COLLATE UNICODE) COLLATE UTF8_BINARY, r'[^\p{L}\p{N}]++') AS words"
    statement = f"SELECT * EXCEPT (plain), {words} FROM {source}"  # noqa: S608
    return statement.replace(r"\w", r"\p{L}\p{N}_")


def _write_search(pattern: str) -> str:
    is_literal = "[" not in pattern
    return f"contains(plain, '{pattern}')" if is_literal else f"plain RLIKE r'{pattern}'"


WORDS_STATEMENT = _write_statement()

_FIND_OTHER_FORMS = re.compile(_OTHER_FORMS)
_FIND_LEFT_OUT = [(re.compile(sign), re.compile(left_out)) for sign, left_out in _LEFT_OUT.items()]
_HASHTAG = re.compile(r"#[^\W_]+")
_WORD = re.compile(r"[^\W_]+")


def split_words(text: str) -> list[str]:
    """Split a text into the words that `WORDS_STATEMENT` finds in it, in their order."""
    if not text.isascii() and _FIND_OTHER_FORMS.search(text):
        text = normalize("NFKC", text.translate(dict.fromkeys(map(ord, _SIGNS), " ")))
    for sign, left_out in _FIND_LEFT_OUT:
        if sign.search(text):
            text = left_out.sub(" ", text)
    if "#" in text:
        text = _HASHTAG.sub(_split_hashtag, text)
    return _WORD.findall(text.lower())


def _split_hashtag(hashtag: re.Match[str]) -> str:
    kinds = ["", *map(category, hashtag[0]), ""]
    return "".join(
        f" {letter}" if _starts_word(*kinds[place : place + 3]) else letter
        for place, letter in enumerate(hashtag[0])
    )


def _starts_word(before: str, kind: str, after: str) -> bool:
    if before == "Ll":
        return kind in ("Lu", "Nd", "Nl", "No")
    return (before, kind, after) == ("Lu", "Lu", "Ll")
