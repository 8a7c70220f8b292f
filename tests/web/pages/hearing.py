"""A page as it is heard: its words, without its markup."""

from html.parser import HTMLParser


class Spoken(HTMLParser):
    """The words of a page, those struck through apart."""

    def __init__(self, html):
        super().__init__()
        self.deleted, self.words, self._depth = [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._depth += tag == "del"

    def handle_endtag(self, tag):
        self._depth -= tag == "del"

    def handle_data(self, data):
        if data.strip():
            (self.deleted if self._depth else self.words).append(data.strip())
