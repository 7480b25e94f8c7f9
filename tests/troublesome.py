"""Words that have broken programs, written for these tests: see ``tests/web/test_troublesome.py``.

``KEPT`` come back as they were typed; ``REFUSED`` hold what cannot be shown, and are refused at the
box. ``NAMES`` are names such as real people have. ``MARKUP`` stands in what would be an element if
it were ever taken for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MARKUP = "x-trouble"

NAMES = (
    "O", "Ng", "Null", "None", "True", "Robert'); DROP TABLE person;--", "Siân O'Neill-D’Arcy",
    "Zoë Müller-Lüdenscheidt", "Łukasz Żółć", "Nguyễn Thị Ánh", "Þórbjörg Ægisdóttir",
    "Ἀλέξανδρος Παπαδόπουλος", "Владимир Ильич", "დავით აღმაშენებელი", "Վարդուհի", "מרים בן־דוד",
    "محمد عبد الله", "فاطمة‌زهرا", "ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "வெங்கடேசன்", "สมชาย ใจดี", "ព្រះ នរោត្តម",
    "李小龍", "山田 太郎", "김민수", "አበበ ቢቂላ", "ᏣᎳᎩ", "𠮷野家", "Anne\u00a0Marie", "X Æ A-12",
    "Test User", "de la O y Ortega, María José (Pepa)", "Jr.", "Mx van der Merwe 3rd",
)  # fmt: skip

KEPT = (
    # Formulas of spreadsheets, and what begins like one.
    "=1+1", "=HYPERLINK(1)", "+44 20 7946 0000", "-5", "@SUM(A1)", "＝１＋１", "=cmd|' /C calc'!A0",
    # Markup, scripts, templates and queries.
    f"<{MARKUP} onload=alert(1)>", f'"><{MARKUP}>', "'\"`", "&amp; &lt; &#65; &nbsp", "]]>", "<!--",
    "javascript:alert(1)", "{{ 7 * 191 }}", "{% raise %}", "${7*191}", "#{7*191}", "<%= 7*191 %>",
    "' OR 1=1 --", "\"; DROP TABLE member; --", "1;2", "\\", "\\n\\0\\x00", "%s%n%d", "%(name)s",
    "%", "100%", "{0}", "{name!r:>9}", "$HOME `id` $(id)", "../../etc/passwd", "file:///etc/passwd",
    # What the printed page is set with, LaTeX, Markdown and mail.
    "#set page(width: 1pt)", "#panic()", "$ x^2 $", "*bold* _it_ = Head", "@label <label>", "// no",
    "/* no", "\\input{x}", "\\end{document}", "# h1", "[a](b)", "---", "Bcc: a@example.org",
    "=?x?q?y?=", ".", "From me", "--",
    # Numbers and values that are taken for something else.
    "0", "-0", "1e309", "NaN", "Infinity", "undefined", "null", "true", "2026-02-30", "0x1F",
    "1,000", "1.5", "٣", "Ⅻ", "½",
    # Letters: composed and not, right to left, joiners, wide, high, many marks, pictures.
    "cafe\u0301", "é", "ﬁ", "İıſß", "Z̷̢̛a̸͎͝l̵̰̏g̶", "שלום world", "\u200fمرحبا\u200e", "a\u200bb",
    "soft\u00adhyphen", "\ufeffbom", "👩‍👩‍👧‍👦", "👍🏽", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "❤️", "𝔘𝔫𝔦", "ａｂｃ", "﷽", "￼",
    "\U000e0041tag", "\ue000private",
    # Long without a place to break it.
    "W" * 45, "ünbrechbar" * 4,
)  # fmt: skip

REFUSED = {
    "NUL": "a\0b",
    "a bell": "a\ab",
    "escape": "a\x1b[31mb",
    "delete": "a\x7fb",
    "a C1 control": "a\x85b",
    "a line separator": "a\u2028b",
    "a paragraph separator": "a\u2029b",
    "an override": "abc\u202egpj.exe",
    "an isolate": "a\u2066b\u2069",
}
LONG = "long " * 2000


def together(strings: Iterable[str], most: int, between: str) -> Iterator[str]:
    """As many at a time as fit into ``most`` characters, each whole."""
    found = ""
    for each in strings:
        joined = f"{found}{between}{each}" if found else each
        if len(joined) > most:
            yield found
            joined = each
        found = joined
    if found:
        yield found
