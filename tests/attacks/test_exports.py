"""Somebody else's copy of a space, by a guessed or an old address."""

from node.actions import exports, spaces
from tests.attacks.founding import Shared
from tests.attacks.visiting import Visitor, signed_in
from tests.nodes import settle


async def test_a145_a_copy_is_given_to_its_owner_alone_and_not_for_ever(shared: Shared) -> None:
    alpha, space = shared.alpha, shared.space
    await alpha.account("eve", "Eve Esser")
    await spaces.add_colleague(alpha.context, shared.ana, space, "eve")
    await exports.ask(alpha.context, shared.ana, space, "en")
    await settle(alpha)
    (copy,) = await exports.list_own(alpha.context, shared.ana, space)
    target = f"/w/{space}/export/{copy.id}"
    ana = await signed_in(alpha, "ana")
    given = await ana.get(target)
    assert given.status == 200
    assert given.body.startswith(b"PK")
    assert given.fields["cache-control"] == "no-store"
    assert given.fields["content-disposition"].startswith("attachment")
    assert given.fields["x-content-type-options"] == "nosniff"
    absent = f"/w/{space}/export/{'A' * 22}"
    for visitor in (await signed_in(alpha, "eve"), await signed_in(alpha, "admin"), Visitor(alpha)):
        told, same = await visitor.get(target), await visitor.get(absent)
        assert told.status == same.status != 200
        assert b"PK" not in told.body[:2]
        await visitor.post(f"{target}/delete", {})
    for guess in (
        target[:-1],
        f"{target}.zip",
        target.lower(),
        f"/w/{'A' * 43}/export/{copy.id}",
        f"/exports/{copy.id}",
        f"/w/{space}/export/..%2f{copy.id}",
    ):
        assert (await ana.get(guess)).status == 404, guess
    elsewhere = await ana.post(f"{target}/delete", {}, origin="https://evil.example")
    assert elsewhere.status == 403
    assert (await ana.get(target)).status == 200
    alpha.clock.advance(days=alpha.context.settings.files.export_days)
    fresh = await signed_in(alpha, "ana")
    assert (await fresh.get(target)).status == 404
