"""Pages and blocks that schools of a cast write, for tests of their folds."""

from protocol.canonical import JSON
from protocol.space import writing
from protocol.space.fold import page, register
from protocol.space.fold.block import Body
from protocol.space.fold.page import Block, Page
from protocol.space.fold.register import Register
from protocol.space.operation import Header, Operation, payload, write
from protocol.space.vocabulary import reference
from protocol.space.writing import By
from tests.protocol.space.cast import NOW_MS, SALT, Cast, changed
from tests.simulation.school import School, name_of


class Paper:
    """One page of beta's, and what both schools do to it, a millisecond apart."""

    def __init__(self) -> None:
        self.cast = Cast()
        self.alpha, self.beta = self.cast.alpha, self.cast.beta
        self.now_ms = NOW_MS
        self.page = reference(self.beta.node, name_of("page"))

    def say(self, school: School, header: Header, **said: JSON) -> Operation:
        self.now_ms += 1
        text = payload(said, "en", SALT) if said else None
        operation = write(changed(header, time=self.now_ms), text, school.signer)
        judgement = self.cast.receive(operation, now_ms=self.now_ms)
        assert not judgement.refused
        return operation

    def begin(self, school: School | None = None, title: str = "Birds", **more: str) -> Operation:
        school = school or self.beta
        by = By(school.teacher)
        header = writing.create(
            self.cast.place(school), by, name_of("page"), "page", order="a0", **more
        )
        return self.say(school, header, title=title)

    def field(self, school: School, field: str, *base: Operation, **more: str) -> Operation:
        """Another version of a register of the page; `title` goes into the payload."""
        said: dict[str, JSON] = {"title": more.pop("title")} if "title" in more else {}
        header = writing.set_register(
            self.cast.place(school),
            By(school.teacher),
            self.page,
            "page",
            field,
            base=[one.id for one in base],
            **more,
        )
        return self.say(school, header, **said)

    def block(
        self, school: School, word: str, text: JSON = "", *, order: JSON = "a0", **said: JSON
    ) -> Operation:
        more: dict[str, JSON] = {"text": text} if text else {}
        said = said | more if said else {"block": "paragraph", "text": text or word}
        header = writing.create(
            self.cast.place(school),
            By(school.teacher),
            name_of(word),
            "block",
            inside=self.page,
            order=order,
        )
        return self.say(school, header, **said)

    def put(
        self, school: School, one: Operation, *base: Operation, text: JSON = "", **said: JSON
    ) -> Operation:
        """Another body for the block that `one` began."""
        more: dict[str, JSON] = {"text": text} if text else {}
        said = said | more if said else {"block": "paragraph", "text": text}
        return self.say(school, self._set(school, one, "body", base), **said)

    def move(
        self, school: School, one: Operation, *base: Operation, order: str, inside: str = ""
    ) -> Operation:
        return self.say(school, self._set(school, one, "place", base, order=order, inside=inside))

    def remove(self, school: School, one: Operation, *base: Operation) -> Operation:
        return self.say(school, self._set(school, one, "body", base, value="removed"))

    def _set(
        self,
        school: School,
        one: Operation,
        field: str,
        base: tuple[Operation, ...],
        inside: str = "",
        **values: str,
    ) -> Header:
        return writing.set_register(
            self.cast.place(school),
            By(school.teacher),
            self.of(one),
            "block",
            field,
            base=[two.id for two in base],
            inside=inside or self.page,
            **values,
        )

    def of(self, one: Operation) -> str:
        home = one.header.args.get("home", one.header.node)
        return reference(str(home), one.header.object)

    def erase(self, school: School, one: Operation) -> None:
        """As its school's statement does it everywhere."""
        replica = self.cast.replica
        replica.erased.add((school.node, one.id))
        replica.payloads.pop(one.id, None)

    def shown(self) -> Page:
        home, _, name = self.page.partition("/")
        found = page.fold_page(self.cast.replica.items(home, name))
        assert found is not None
        return found

    def read(self, one: Operation) -> Block:
        home, _, name = self.of(one).partition("/")
        found = page.fold_block(self.cast.replica.items(home, name))
        assert found is not None
        return found

    def body(self, one: Operation) -> Body | None:
        return self.read(one).body

    def bodies(self, one: Operation) -> Register:
        home, _, name = self.of(one).partition("/")
        return register.read(self.cast.replica.items(home, name), "block", "body")

    def blocks(self) -> list[Block]:
        found = [
            page.fold_block(self.cast.replica.items(*key)) for key in self.cast.replica.by_object
        ]
        return page.view(one for one in found if one is not None and one.page == self.page)
