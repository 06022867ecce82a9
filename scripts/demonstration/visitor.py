"""A person at a browser without scripts: follows links, fills in forms, keeps cookies.

It knows nothing of the product but what a page shows: a form that is not on the page cannot be
sent, a field that the form does not have cannot be filled in.
"""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT_S = 20
FORM = "application/x-www-form-urlencoded"


@dataclass
class Form:
    """One form of a page with its present values.

    `choices` are what its radio buttons, ticks and lists offer; `buttons` (name, value, words).
    """

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    choices: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Page:
    """What came back: status, address, the words that a reader sees, forms and links."""

    status: int
    address: str
    words: str
    forms: list[Form]
    links: list[tuple[str, str]]

    def form(self, action: str, holding: str = "", button: str = "") -> Form:
        """The first form to `action` that has the field `holding` and the button `button`."""
        for form in self.forms:
            pressed = any(words.startswith(button) for *_, words in form.buttons)
            if action in form.action and (not holding or holding in form.names) and pressed:
                return form
        actions = ", ".join(form.action for form in self.forms)
        raise LookupError(f"no form to {action!r} on {self.address} (there: {actions})")

    def link(self, target: str) -> str:
        """The address of the first link that ends with `target` or reads so, or contains it."""
        for address, words in self.links:
            if address.endswith(target) or words == target:
                return address
        for address, _ in self.links:
            if target in address:
                return address
        raise LookupError(f"no link to {target!r} on {self.address}")


class _Reader(HTMLParser):
    """Collects forms, links and words."""

    HIDDEN = frozenset({"script", "style", "template", "head"})

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._link: str | None = None
        self._link_words: list[str] = []
        self._button: tuple[str, str] | None = None
        self._button_words: list[str] = []
        self._area: str | None = None
        self._area_text: list[str] = []
        self._select: str | None = None
        self._chosen: str | None = None
        self._multiple = False
        self._first: str | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in self.HIDDEN:
            self._hidden += 1
        match tag:
            case "form":
                self._form = Form(given.get("action", ""), given.get("method", "get").lower())
                self.forms.append(self._form)
            case "a" if "href" in given:
                self._link, self._link_words = given["href"], []
            case "input":
                self._input(given)
            case "button" if given.get("type", "submit") == "submit":
                self._button = (given.get("name", ""), given.get("value", ""))
                self._button_words = []
            case "textarea":
                self._area, self._area_text = given.get("name", ""), []
            case "select":
                self._select, self._chosen, self._first = given.get("name", ""), None, None
                self._multiple = "multiple" in given
            case "option" if self._select is not None:
                self._option(given)
            case _:
                pass

    def _input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if self._form is None or not name:
            return
        self._form.names.add(name)
        if kind in {"checkbox", "radio"}:
            self._form.choices.append((name, given.get("value", "on")))
            if "checked" not in given:
                return
        if kind in {"submit", "button", "file"}:
            return
        self._form.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))

    def _option(self, given: dict[str, str]) -> None:
        value = given.get("value", "")
        if self._form is not None and self._select:
            self._form.choices.append((self._select, value))
        if self._first is None:
            self._first = value
        if "selected" in given and self._form is not None and self._select:
            if self._multiple:
                self._form.fields.append((self._select, value))
            else:
                self._chosen = value

    def handle_endtag(self, tag: str) -> None:
        if tag in self.HIDDEN:
            self._hidden -= 1
        match tag:
            case "form":
                self._form = None
            case "a" if self._link is not None:
                self.links.append((self._link, " ".join("".join(self._link_words).split())))
                self._link = None
            case "button" if self._button is not None:
                if self._form is not None:
                    words = " ".join("".join(self._button_words).split())
                    self._form.buttons.append((*self._button, words))
                self._button = None
            case "textarea" if self._area is not None:
                if self._form is not None and self._area:
                    self._form.names.add(self._area)
                    self._form.fields.append((self._area, "".join(self._area_text).lstrip("\n")))
                self._area = None
            case "select" if self._select is not None:
                if self._form is not None and self._select:
                    self._form.names.add(self._select)
                    value = self._chosen if self._chosen is not None else self._first
                    if not self._multiple and value is not None:
                        self._form.fields.append((self._select, value))
                self._select = None
            case _:
                pass

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area_text.append(data)
        if self._link is not None:
            self._link_words.append(data)
        if self._button is not None:
            self._button_words.append(data)
        if not self._hidden:
            self.words.append(data)


@dataclass
class _Answer:
    """What a node answered, before anybody reads it."""

    status: int
    location: str | None
    body: bytes


class Visitor:
    """One person's browser at one node (`base` is `http://127.0.0.2:8001`)."""

    def __init__(
        self, base: str, connect: Callable[[float], http.client.HTTPConnection] | None = None
    ) -> None:
        self.base = base
        self._connect = connect
        self.cookies: dict[str, str] = {}

    def get(self, address: str) -> Page:
        """The page at `address` (a path, or a link of this node)."""
        return self._ask("GET", address, None)

    def send(
        self, page: Page, action: str, /, button: str = "", **answers: str | list[str]
    ) -> Page:
        """Fill in the form of `page` that goes to `action`, press `button`, follow redirects.

        Raises LookupError for a form, a field or a button that the page does not have.
        """
        holding = next(iter(answers), "")
        form = page.form(action, holding, button)
        unknown = set(answers) - form.names
        if unknown:
            raise LookupError(f"the form to {form.action!r} has no field {sorted(unknown)}")
        values = [(name, value) for name, value in form.fields if name not in answers]
        for name, answer in answers.items():
            each = answer if isinstance(answer, list) else [answer]
            values += [(name, one) for one in each]
        pressed = [one for one in form.buttons if one[1] == button or one[2].startswith(button)]
        if not pressed:
            raise LookupError(f"the form to {form.action!r} has no button {button!r}")
        if pressed[0][0]:
            values.append((pressed[0][0], pressed[0][1]))
        target = urljoin(page.address, form.action) if form.action else page.address
        if form.method == "get":
            return self._ask("GET", f"{target}?{urlencode(values)}", None)
        return self._ask("POST", target, urlencode(values).encode())

    def bring(
        self,
        page: Page,
        action: str,
        files: Mapping[str, bytes],
        field: str = "file",
        /,
        **answers: str,
    ) -> Page:
        """Send files with the form of `page` that goes to `action`, as a browser would; `answers`
        are all that is filled in beside them."""
        form = page.form(action, field if answers else "")
        mark = b"-----schoolgate-0f9c2a"
        body = b"".join(
            b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (mark, name.encode(), answer.encode())
            for name, answer in answers.items()
        ) + b"".join(
            b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n%s\r\n"
            % (mark, field.encode(), name.encode(), octets)
            for name, octets in files.items()
        )
        kind = f"multipart/form-data; boundary={mark.decode()}"
        target = urljoin(page.address, form.action)
        return self._ask("POST", target, body + b"--%s--\r\n" % mark, kind=kind)

    def download(self, address: str) -> bytes:
        """What lies at an address of this node, as it is."""
        answer = self._exchange("GET", urljoin(self.base, address), None, FORM)
        if answer.status != 200:
            raise LookupError(f"{address} answers {answer.status}")
        return answer.body

    def _ask(
        self, method: str, address: str, body: bytes | None, hops: int = 5, kind: str = FORM
    ) -> Page:
        target = urljoin(self.base, address)
        answer = self._exchange(method, target, body, kind)
        if answer.status in {301, 302, 303, 307} and answer.location and hops:
            return self._ask("GET", urljoin(target, answer.location), None, hops - 1)
        reader = _Reader()
        reader.feed(answer.body.decode("utf-8", "replace"))
        words = " ".join("".join(reader.words).split())
        return Page(answer.status, target, words, reader.forms, reader.links)

    def _exchange(self, method: str, address: str, body: bytes | None, kind: str) -> _Answer:
        target = urlsplit(address)
        if f"{target.scheme}://{target.netloc}" != self.base:
            raise LookupError(f"{address} is not on {self.base}")
        if self._connect is None:
            connection = http.client.HTTPConnection(target.netloc, timeout=TIMEOUT_S)
        else:
            connection = self._connect(TIMEOUT_S)
        headers = {"Accept": "text/html", "Accept-Language": "en"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        if body is not None:
            headers |= {"Content-Type": kind, "Origin": self.base}
        raw = target.path + (f"?{target.query}" if target.query else "")
        try:
            connection.request(method, raw or "/", body=body, headers=headers)
            answer = connection.getresponse()
            read = _Answer(answer.status, answer.getheader("Location"), answer.read())
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                worth = rest.partition(";")[0]
                self.cookies[key] = worth
                if not worth.strip('"'):
                    del self.cookies[key]
        return read
