#!/usr/bin/env python3
"""China's holidays as `geodata` knows them, day by day against the packages that they come from.

    cargo run -p geodata --example calendar_days > calendar.txt
    python3 tests/calendar_check.py calendar.txt

FILE has a line a day: date, state of its year, kind, festival. Announced years are compared with `chinesecalendar`, the
festivals of the others with `tyme4py`. Exit status 0 when all agrees, 1 when not, 2 when it can't be checked.
"""

import sys
from datetime import date, timedelta

try:
    import chinese_calendar
    from tyme4py.lunar import LunarDay
    from tyme4py.solar import SolarTerm
except ImportError as missing:
    sys.exit(print(f"needs the packages of tests/requirements.txt: {missing}", file=sys.stderr) or 2)

NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}
NAMES["中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"] = "抗战胜利70周年纪念日"


def days(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            day, state, kind, name = line.rstrip("\n").split("|")
            yield date.fromisoformat(day), state, kind, name


def said(day):
    """What `chinesecalendar` says: whether the day is worked, and the festival that it is off or made up for."""
    festival = chinese_calendar.holidays.get(day) or chinese_calendar.workdays.get(day)
    name = chinese_calendar.Holiday(festival).chinese if festival else ""
    return chinese_calendar.is_workday(day), NAMES.get(name, name)


def festivals(year):
    """The days that are off by law and move with moon and sun, by `tyme4py`."""
    solar = lambda day: date(day.get_year(), day.get_month(), day.get_day())
    lunar = lambda month, day: solar(LunarDay.from_ymd(year, month, day).get_solar_day())
    yield solar(SolarTerm.from_index(year, 7).get_julian_day().get_solar_day()), "清明节"
    yield from ((lunar(1, 1) + timedelta(n), "春节") for n in range(-1, 3))
    yield lunar(5, 5), "端午节"
    yield lunar(8, 15), "中秋节"


def faults(table):
    """What is wrong, in sentences."""
    published = {day.year for day in chinese_calendar.holidays}
    announced = {day.year for day, (state, _, _) in table.items() if state == "announced"}
    if announced != published:
        yield f"announced here: {sorted(announced)}; published: {sorted(published)}"
    for day, (state, kind, name) in table.items():
        if state == "announced":
            worked = kind in ("workday", "make_up")
            if (worked, name) != said(day):
                yield f"{day} is {kind} {name}, and should be {said(day)}"
    for year in sorted({day.year for day in table} - announced):
        for day, name in festivals(year):
            if table[day][1] != "holiday" or (table[day][2] != name and day.month != 10):
                yield f"{day} is {table[day]}, and should be {name}"


def main():
    if len(sys.argv) != 2:
        sys.exit(print(__doc__, file=sys.stderr) or 2)
    table = {day: rest for day, *rest in days(sys.argv[1])}
    wrong = list(faults(table))
    for fault in wrong:
        print(fault)
    if not wrong:
        print(f"{len(table)} days agree with chinesecalendar {chinese_calendar.__version__} and tyme4py")
    sys.exit(1 if wrong or not table else 0)


if __name__ == "__main__":
    main()
