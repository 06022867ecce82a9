"""What Luc wrote on top of what Ana deleted for ever: on a page of their space."""

from scripts.demonstration import journey, paper
from scripts.demonstration.visitor import Visitor


def fill_leftovers(ana: Visitor, luc: Visitor, places: dict[str, str]) -> None:
    """`places` is told of `leftover`, the part of a page that Luc has to look at."""
    page = paper.begin(ana, places["space"], "Who measures where")
    block = paper.add(ana, page, "paragraph", text="Inês measures at the bridge near her house.")
    journey.wait_for(luc, page, "near her house")
    again = luc.get(f"{block}/edit")
    paper.change(luc, again, text="Inês measures at the bridge near her house, Théo at ours.")
    journey.wait_for(ana, page, "Théo at ours")
    ana.send(ana.get(f"{block}/delete"), "/delete")
    journey.wait_for(luc, f"{places['space']}/leftovers", "Théo at ours")
    places["leftover"] = block.rpartition("/")[2]
