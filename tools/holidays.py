#!/usr/bin/env python3
"""Writes what `geodata::worktime` knows of Chinese holidays, from kept packages.

    target/python/bin/python tools/holidays.py

Run it when a package publishes a new year (raise its version in tests/requirements.txt first), and commit what changed.

published.psv   the days off and make-up workdays that the State Council announced, as `chinesecalendar` has them
festivals.psv   Qingming and the festivals of the lunar calendar from 2000 to 2100, reckoned by `tyme4py`
"""

import itertools
import pathlib
from datetime import date, timedelta

import chinese_calendar
from tyme4py.lunar import LunarDay
from tyme4py.solar import SolarTerm

HOME = pathlib.Path(__file__).parent.parent / "geodata/src/worktime"
WORDS = {
    "New Year's Day": "new_year",
    "Spring Festival": "spring",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour",
    "Dragon Boat Festival": "dragon_boat",
    "Mid-autumn Festival": "mid_autumn",
    "National Day": "national",
    "Anti-Fascist 70th Day": "victory",
}


def runs(days):
    """Days of one year as `0101-0103,0107`."""
    days = sorted(days)
    groups = itertools.groupby(enumerate(days), lambda pair: pair[1] - timedelta(pair[0]))
    spans = [[day for _, day in group] for _, group in groups]
    return ",".join(f"{s[0]:%m%d}" if len(s) == 1 else f"{s[0]:%m%d}-{s[-1]:%m%d}" for s in spans)


def published():
    off, work = chinese_calendar.holidays, chinese_calendar.workdays
    keys = sorted({(day.year, WORDS[name]) for table in (off, work) for day, name in table.items()})
    by_first = []
    for year, word in keys:
        of = lambda table: [d for d, name in table.items() if (d.year, WORDS[name]) == (year, word)]
        by_first.append((year, runs(of(off)), word, runs(of(work))))
    yield f"# Made by tools/holidays.py from chinesecalendar {chinese_calendar.__version__}; not to be edited."
    yield "# year|festival|days off|weekend days worked for it"
    for year, days_off, word, worked in sorted(by_first):
        yield f"{year}|{word}|{days_off}|{worked}"


def festivals():
    yield "# Made by tools/holidays.py from tyme4py; not to be edited."
    yield "# year|Qingming|first day of the lunar year|fifth of the fifth month|fifteenth of the eighth"
    for year in range(2000, 2101):
        lunar = [LunarDay.from_ymd(year, m, d).get_solar_day() for m, d in ((1, 1), (5, 5), (8, 15))]
        days = [SolarTerm.from_index(year, 7).get_julian_day().get_solar_day(), *lunar]
        days = [date(day.get_year(), day.get_month(), day.get_day()) for day in days]
        assert all(day.year == year for day in days)
        yield "|".join([str(year), *(f"{day:%m%d}" for day in days)])


if __name__ == "__main__":
    for name, lines in (("published.psv", published()), ("festivals.psv", festivals())):
        (HOME / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
