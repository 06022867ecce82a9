"""What is searched for, in the language of SQLite's FTS5: words in quotes, so that none is syntax.

The words come folded from `protocol.folding`, letters and digits only. A word of one letter is only
meant as it stands: too much begins with it.
"""

from collections.abc import Sequence


def all_of(words: Sequence[str]) -> str:
    """All of `words` have to be there; the last may be the beginning of one."""
    terms = [f'"{one}"' for one in words]
    if terms and len(words[-1]) > 1:
        terms[-1] += "*"
    return " ".join(terms)


def any_of(words: Sequence[str]) -> str:
    """One of `words` has to be there, as it stands."""
    return " OR ".join(f'"{one}"' for one in words)


def within(columns: str, terms: str) -> str:
    """`terms` are looked for in these columns only, such as `name text`."""
    return f"{{{columns}}} : ({terms})"
