"""The text on the scripted desktop: enough of it, and no two lines alike."""

from __future__ import annotations

import random

_SUBJECTS = (
    "The customer",
    "A second signature",
    "The first invoice",
    "The old tariff",
    "The delivery address",
    "A returned parcel",
    "The router",
    "An open complaint",
    "The direct debit",
    "The contract",
)
_VERBS = (
    "must be checked before",
    "is sent again after",
    "may be changed until",
    "cannot be closed without",
    "is credited together with",
    "counts from the day of",
    "is confirmed by letter with",
    "replaces",
)
_OBJECTS = (
    "the second reminder (form 27-B)",
    "the end of the month, 18:00 at the latest",
    "a written order of the account holder",
    "the meter reading of 31 October",
    "the refund of 14.90, article 4012",
    "level 2, extension 5518",
    "the change of address",
    "any other claim that is not yet due",
)
_CITIES = ("Springfield", "Riverton", "Oak Hill", "Lakewood", "Fairview", "Milton")
_NAMES = ("Ann Example", "Bob Sample", "Carla Muster", "Dan Specimen", "Eve Pattern", "Fay Model")
_STATES = ("open", "waiting", "in work", "closed", "escalated")
NOTES = (
    "Customer asks about the invoice of October. Address checked, date of birth checked. "
    "Tariff changed to Flex 20 on request; the new price holds from the first of the month. "
    "Refund of 14.90 agreed with the second level, reference 4012-77. Callback not needed. "
    "Asked twice whether the router must be sent back: no, it was bought, see contract page 3. "
)


def sentence(chance: random.Random) -> str:
    """One that could stand in a knowledge base."""
    return f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_OBJECTS)}."


def article(number: int) -> str:
    """A page of the knowledge base, as HTML."""
    chance = random.Random(number)  # noqa: S311 (the same each time is its point)
    parts = [f"<h1>{4001 + number}&nbsp; {chance.choice(_SUBJECTS)}: what to do</h1>"]
    for chapter in range(1, 10):
        parts.append(f"<h3>{chapter}. {sentence(chance)[:-1]}</h3>")
        parts += [
            "<p>" + " ".join(sentence(chance) for _ in range(chance.randint(3, 6))) + "</p>"
            for _ in range(2)
        ]
        rows = "".join(
            f"<tr><td>{chance.randint(100, 999)}-{letter}</td><td>{sentence(chance)}</td>"
            f"<td align='right'>{chance.randint(1, 9999) / 100:.2f}</td></tr>"
            for letter in "ABCD"
        )
        parts.append(f"<table border='1' cellspacing='0' cellpadding='4'>{rows}</table>")
        items = "".join(f"<li><a href='#'>{sentence(chance)}</a></li>" for _ in range(3))
        parts.append(f"<ul>{items}</ul>")
    return "".join(parts)


def ticket(number: int) -> tuple[str, ...]:
    """A row of the list of tickets."""
    chance = random.Random(1000 + number)  # noqa: S311 (as above)
    return (
        str(70_000 + number * 7),
        chance.choice(_NAMES),
        chance.choice(_CITIES),
        chance.choice(_STATES),
        f"{chance.randint(1, 28):02}.{chance.randint(1, 12):02}.2025",
        sentence(chance),
    )
