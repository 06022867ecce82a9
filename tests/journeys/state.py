"""One state of a page: its name, its address, the way there."""

from dataclasses import dataclass

from tests.journeys.scene import Scene, Step, see, unfold


@dataclass(frozen=True)
class State:
    """`page` is the pattern of the route; `language` is what the browser asks for."""

    name: str
    page: str
    steps: tuple[Step, ...]
    language: str = "en"

    async def reach(self, scene: Scene) -> None:
        """Bring the page of `scene` into this state."""
        for step in self.steps:
            await step(scene)


def state(name: str, page: str, *steps: Step, language: str = "en") -> State:
    return State(name, page, steps, language)


MEND = see("There is something to mend")
MENU = unfold("details.menu")
