"""Writes rules/units-quantulum.yaml: what quantulum3 says of SI units that rules/units.yaml does not list.

The package never loads quantulum3: it takes two seconds in every process, and what it answers depends on its
version and on a classifier that may be installed beside it. Its answers are shipped, with its version.
usage: python scripts/build_units.py
"""

from __future__ import annotations

import warnings
from importlib.metadata import version
from pathlib import Path
from textwrap import wrap
from typing import Any

from extractor.engine import builtin_engine
from extractor.numbers.units import Unit, is_part, plain_name

TARGET = Path(__file__).resolve().parent.parent / "rules" / "units-quantulum.yaml"
# What quantulum3 calls a kind of quantity, and the dimension of the record; all others are ``other``.
DIMENSIONS = {
    **{name: name for name in ("time", "power", "energy", "length", "area", "speed")},
    "frequency": "rate", "data storage": "memory", "data transfer rate": "rate", "currency": "money",
}  # fmt: skip
# The units of the SI and those used with it, by quantulum3's names.
NAMES = """
pascal hectopascal kilopascal megapascal gigapascal
newton kilonewton
newton metre
lux lumen candela
sievert milligray kilogray
becquerel kilobecquerel megabecquerel gigabecquerel
coulomb millicoulomb microcoulomb
ampere-hour milliampere-hour
millifarad microfarad
milliweber microweber
radian minute of arc second of arc
mole
hectare
litre cubic centimetre cubic millimetre
decimetre picometre femtometre
milligram microgram
cubic metre
""".strip()
# Short names where quantulum3's first symbol is none that one would write in a table.
SHORT = {
    "litre": "L", "cubic centimetre": "mL", "cubic millimetre": "uL", "cubic metre": "m3",
    "minute of arc": "arcmin", "second of arc": "arcsec",
}  # fmt: skip
# Compounds that stand in abstracts of neighbouring fields.
COMPOUNDS = """
mm/s cm/s km/s km/min m/min m/h um/s nm/s
m/s^2 m/s² cm/s^2 m/s2
m^3 m³ cm^3 cm³ mm^3 mm³ km^3
rad/s rad/s^2 deg/s °/s
kg/m^3 kg/m³
kg/m3 g/cm^3 g/cm³ g/cm3 mg/L mg/l g/L ug/L µg/L ng/mL µg/mL mg/mL mg/m^3 mg/m³ µg/m^3 µg/m³ µg/m3
W/m^2 W/m² W/m2 mW/cm^2 mW/cm² kW/m^2 kWh/m^2 kWh/m²
W/kg kW/kg Wh/kg Wh/L J/kg kJ/kg kJ/mol eV/atom meV/atom
V/m kV/m V/s mV/s N/m mN/m N/mm A/m mA/cm^2 mA/cm² A/m^2 S/m mS/cm S/cm F/m pF/m
mol/L mmol/L mg/kg g/kg g/mol L/min mL/min L/s m^3/s m³/s kg/s kg/h g/s kg/m
K/s K/min °C/min W/mm^2 mW/mm^2 MPa/s ppm/K kN/m Nm/kg
°/h °/min J/K K/W K/km mV/K µV/K W/m/K W/m·K W/m2/K W/m²/K W/m^2/K J/kg/K kJ/kg/K J/g/K
N/m2 N/m² N/mm2 N/mm² N·s N·s/m N/kg g/m2 g/m² g/m3 g/m³ g/h g/kWh kg/kWh mg/g L/h L/kg bar/s T/m mT/m
Pa·s mPa·s kg·m/s kg·m2 kg·m² V·s A·h A·m2 kW·h kg/ha t/ha g/mL
"""


def main() -> None:
    """Writes the file."""
    warnings.simplefilter("ignore")
    from quantulum3 import load

    table = builtin_engine().parts.units
    units: dict[str, Any] = load.units("en_US").names
    head = [
        f"# Written by scripts/build_units.py from quantulum3 {version('quantulum3')}: do not edit.",
        f"source: quantulum3 {version('quantulum3')}",
        "# Units that units.yaml does not list. The value is not scaled; the prefix stays in the unit.",
        "units:",
    ]
    found: dict[tuple[str, str], list[str]] = {}
    for name in _names(NAMES, units):
        unit = units[name]
        surfaces = [*unit.symbols, *(form for word in unit.surfaces for form in (word, _plural(word)))]
        key = _short(unit), DIMENSIONS.get(unit.entity.name, "other")
        found.setdefault(key, []).extend(
            surface for surface in surfaces if not table.everyday.is_vetoed(surface)
        )
    for surface in COMPOUNDS.split():
        answer = ask_quantulum3(surface)
        if answer is None:
            print(f"quantulum3 does not know {surface}")
        else:
            found.setdefault((answer.name, answer.dimension), []).append(surface)
    lines: list[str] = []
    listed = set(table.symbols())
    for (name, dimension), surfaces in found.items():
        kept = [surface for surface in dict.fromkeys(surfaces) if table.match_listed(surface, 0) is None]
        if kept:
            lines.append(_line(name, dimension, kept))
            listed.update(kept)
    combined = " ".join(surface for surface in sorted(listed) if _is_combined(surface))
    lines += [
        "# Of these it takes any quotient, so that compounds need no asking: W/m2, N·m, arcsec/h.",
        "combined: >-",
    ]
    lines += wrap(combined, 110, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    TARGET.write_text("\n".join((*head, *lines)) + "\n", encoding="utf-8")
    print(f"{len(lines)} units in {TARGET}")


def ask_quantulum3(surface: str) -> Unit | None:
    """Asks quantulum3 about one unit; never its classifier, whose answers differ between machines."""
    from quantulum3 import classifier, parser

    classifier.USE_CLF = False
    found = parser.parse(f"1 {surface}")
    if len(found) != 1 or found[0].span != (0, len(surface) + 2) or found[0].value != 1:
        return None
    return Unit(plain_name(surface), DIMENSIONS.get(found[0].unit.entity.name, "other"))


def _is_combined(surface: str) -> bool:
    """Tells whether quantulum3 knows quotients with a unit above and below the line."""
    return (
        not builtin_engine().parts.units.needs_cue(surface)
        and is_part(surface)
        and all(map(ask_quantulum3, (f"{surface}/kg", f"kg/{surface}")))
    )


def _names(text: str, units: dict[str, Any]) -> list[str]:
    """Splits lines of names, of which some have two words."""
    found = []
    for line in text.splitlines():
        found += [line] if line in units else _split(line.split(), units)
    return found


def _split(words: list[str], units: dict[str, Any]) -> list[str]:
    found = []
    while words:
        for size in (3, 2, 1):
            name = " ".join(words[:size])
            if name in units:
                found.append(name)
                del words[:size]
                break
        else:
            raise SystemExit(f"quantulum3 has no unit {words[0]!r}")
    return found


def _short(unit: Any) -> str:
    if unit.name in SHORT:
        return SHORT[unit.name]
    names = [symbol for symbol in unit.symbols if symbol.isascii() or "µ" in symbol]
    name: str = names[0] if names else unit.name
    return name.replace("µ", "u")


def _plural(word: str) -> str:
    return word + ("es" if word.endswith(("x", "s")) else "s")


def _line(unit: str, dimension: str, surfaces: list[str]) -> str:
    return f"  - {{unit: {unit!r}, dimension: {dimension}, surfaces: {surfaces!r}}}"


if __name__ == "__main__":
    main()
