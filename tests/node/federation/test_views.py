"""The room for views of what stays at this school."""

from contextlib import ExitStack

import pytest

from node.federation.views import AT_ONCE, AT_ONCE_FOR_ONE, Views
from protocol.errors import Reason, Refused


def refusal(views: Views, origin: str) -> Reason | None:
    try:
        with views.room(origin):
            return None
    except Refused as refused:
        return refused.reason


def test_no_school_takes_the_room_of_the_others() -> None:
    views, one, other = Views(), "https://one.example", "https://other.example"
    with ExitStack() as stack:
        for _ in range(AT_ONCE_FOR_ONE):
            stack.enter_context(views.room(one))
        assert refusal(views, one) is Reason.BUSY
        assert refusal(views, other) is None
        with pytest.raises(ZeroDivisionError), views.room(other):
            raise ZeroDivisionError
        for _ in range(AT_ONCE_FOR_ONE):
            stack.enter_context(views.room(other))
    assert refusal(views, one) is None


def test_all_schools_together_have_a_bound() -> None:
    views = Views()
    with ExitStack() as stack:
        for at in range(AT_ONCE):
            stack.enter_context(views.room(f"https://{at}.example"))
        assert refusal(views, "https://late.example") is Reason.BUSY
    assert refusal(views, "https://late.example") is None
