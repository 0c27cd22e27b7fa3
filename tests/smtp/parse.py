#!/usr/bin/python3
"""Reads a mail with Python's own parsers, which share nothing with the program that wrote it: JSON on standard output.

    parse.py FILE
"""

import email
import email.policy
import html.parser
import json
import re
import sys


class Page(html.parser.HTMLParser):
    """Elements with their attributes, texts, and everything that points elsewhere."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.links, self.hidden = [], [], [], 0

    def handle_starttag(self, tag, attrs):
        # What differs from mail to mail by design: where links go.
        self.elements.append([tag] + [name if name == "href" else f"{name}={value}" for name, value in attrs])
        self.links += [value for name, value in attrs if name in ("href", "src", "background", "action")]
        self.hidden += tag in ("style", "title")

    def handle_endtag(self, tag):
        self.elements.append(["/" + tag])
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data):
        if data.strip() and not self.hidden:
            self.texts.append(data)


# What clients make links of: anything with a scheme, and anything that looks like a host name or a path.
LINK = re.compile(
    r"(?i)(?:[a-z][a-z0-9+.-]*://[^\s<>\"]+|(?:mailto|tel|sms):[^\s<>]+|\\\\\w[^\s]*|[\w-]+(?:[.。．｡][\w-]+)*[.。．｡][^\W\d_]{2,}(?:/[^\s<>\"]*)?)"
)


def main():
    raw = open(sys.argv[1], "rb").read()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    page = Page()
    page.feed(parts[1].get_content() if len(parts) > 1 else "")
    page.close()
    json.dump(
        {
            "type": mail.get_content_type(),
            "headers": [[name, str(value)] for name, value in mail.items()],
            "to": [[a.display_name, a.addr_spec] for a in mail["To"].addresses],
            "from": [[a.display_name, a.addr_spec] for a in mail["From"].addresses],
            "defects": [str(d) for d in mail.defects] + [str(d) for name in mail for d in mail[name].defects],
            "longest_line": max(len(line) for line in raw.split(b"\r\n")),
            "bare_newlines": len(re.findall(rb"(?<!\r)\n|\r(?!\n)", raw)),
            "ascii": raw.isascii(),
            "parts": [
                {
                    "type": part.get_content_type(),
                    "charset": part.get_content_charset(),
                    "encoding": part["Content-Transfer-Encoding"],
                    "content": part.get_content(),
                }
                for part in parts
            ],
            "elements": page.elements,
            "texts": page.texts,
            "links": page.links,
            "links_in_text": LINK.findall(parts[0].get_content()),
            "links_in_html": [link for text in page.texts for link in LINK.findall(text)],
        },
        sys.stdout,
    )


main()
