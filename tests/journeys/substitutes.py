"""Clara, new at the school, stands in for Ana; she did before."""

from urllib.parse import urlsplit

from scripts.demonstration.visitor import Visitor

PASSWORD = "gaivota remo corda onda"


def fill_substitutes(rosa: Visitor, places: dict[str, str]) -> Visitor:
    """Clara as she has come in; `places` has the accounts of both."""
    page = rosa.send(
        rosa.get("/school/staff"),
        "/school/staff",
        name="Clara Sousa",
        handle="clara",
        roles=["teacher"],
    )
    clara = Visitor(rosa.base)
    path = urlsplit(next(word for word in page.words.split() if "/invite/" in word)).path
    clara.send(clara.get(path), path, password=PASSWORD)
    places["ana_account"] = _account(rosa, "Ana Ferreira")
    places["clara_account"] = _account(rosa, "Clara Sousa")
    places["rosa_account"] = _account(rosa, "Rosa Martins")
    places["tiago_account"] = _account(rosa, "Tiago Lopes")
    asked = f"{places['ana_account']}/substitute"
    first = rosa.send(rosa.get(asked), asked, substitute="clara", last_day="2099-06-30")
    rosa.send(first, f"{asked}/")
    rosa.send(rosa.get(asked), asked, substitute="clara", last_day="2099-07-31")
    return clara


def _account(rosa: Visitor, name: str) -> str:
    return next(
        urlsplit(one).path
        for one, shown in rosa.get("/school/staff").links
        if shown.startswith("Roles and substitutes") and name in shown
    )
