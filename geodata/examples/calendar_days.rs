//! China's calendar, a line a day: date, how well its year is known, what the day is, and after which festival.
//!
//! `tests/calendar_check.py` compares it with the packages that the tables were made from.

use geodata::worktime::{EDITABLE, Statute, Year};
use std::io::{self, BufWriter, Write as _};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for year in EDITABLE {
        let known = Statute::China.year(year);
        for date in Year::dates(year) {
            let day = known.day(date);
            let name = day.name.map(|name| name.zh).unwrap_or_default();
            writeln!(out, "{date}|{}|{}|{name}", known.state, day.kind)?;
        }
    }
    out.flush()
}
