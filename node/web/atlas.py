"""Where a place lies on the map of Europe and its neighbours (`static/map.svg`).

The map is a Lambert azimuthal equal-area projection of the sphere around 52° N 10° E, cut to a
frame from Iceland to the Caspian Sea and from the North Cape to the Nile. `scripts/atlas` draws it
with the same `place`, so that dots and coasts agree.
"""

from math import cos, radians, sin, sqrt
from typing import Final

WIDTH: Final = 1000
HEIGHT: Final = 822
"""The size of the map in its own units, of 5.9 km each."""

_EARTH_KM: Final = 6371.0
_WEST_KM, _NORTH_KM, _UNIT_KM = -2450.0, 2350.0, 5.9
_MIDDLE: Final = (radians(52), radians(10))


def place(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a point in degrees lies on the map, from its upper left corner, also beyond its edges.

    The opposite point of the globe is everywhere at the rim: it is put far outside.
    """
    north, east = radians(latitude), radians(longitude) - _MIDDLE[1]
    from_middle = sin(_MIDDLE[0]) * sin(north) + cos(_MIDDLE[0]) * cos(north) * cos(east)
    if from_middle < -0.999:
        return -10.0 * WIDTH, -10.0 * HEIGHT
    scale = _EARTH_KM * sqrt(2 / (1 + from_middle))
    x_km = scale * cos(north) * sin(east)
    y_km = scale * (cos(_MIDDLE[0]) * sin(north) - sin(_MIDDLE[0]) * cos(north) * cos(east))
    return (x_km - _WEST_KM) / _UNIT_KM, (_NORTH_KM - y_km) / _UNIT_KM


def is_inside(x: float, y: float) -> bool:
    """Whether a place is on the map."""
    return 0 <= x <= WIDTH and 0 <= y <= HEIGHT


MIDDLES: Final[dict[str, tuple[int, int]]] = {
    "AD": (298, 570), "AL": (558, 593), "AM": (900, 503), "AT": (467, 480), "AX": (508, 237),
    "AZ": (934, 484), "BA": (520, 540), "BE": (351, 422), "BG": (625, 551), "BY": (615, 345),
    "CH": (392, 496), "CY": (769, 666), "CZ": (480, 439), "DE": (419, 417), "DK": (403, 318),
    "DZ": (285, 763), "EE": (569, 255), "EG": (725, 775), "ES": (221, 599), "FI": (547, 152),
    "FO": (268, 189), "FR": (318, 496), "GB": (292, 375), "GE": (868, 480), "GG": (262, 433),
    "GR": (592, 612), "HR": (500, 515), "HU": (535, 482), "IE": (213, 351), "IL": (816, 718),
    "IM": (256, 340), "IQ": (934, 637), "IR": (961, 557), "IS": (194, 107), "IT": (447, 558),
    "JE": (267, 438), "JO": (844, 713), "KZ": (948, 270), "LB": (817, 670), "LI": (409, 490),
    "LT": (563, 321), "LU": (367, 439), "LV": (568, 291), "LY": (544, 792), "MA": (139, 755),
    "MC": (380, 553), "MD": (649, 460), "ME": (543, 564), "MK": (580, 581), "MT": (484, 699),
    "NL": (365, 392), "NO": (418, 225), "PL": (524, 389), "PS": (817, 708), "PT": (156, 600),
    "RO": (611, 494), "RS": (561, 534), "RU": (760, 230), "SA": (924, 754), "SE": (470, 215),
    "SI": (478, 507), "SK": (533, 453), "SM": (449, 550), "SY": (848, 636), "TN": (408, 734),
    "TR": (781, 579), "UA": (673, 413), "VA": (450, 588), "XK": (566, 565),
}  # fmt: skip
"""Where the number of a country's schools stands, in the units of the map (ISO 3166-1, and XK)."""
