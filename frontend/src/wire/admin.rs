//! The records of administration: calendar and hours, categories, the duty roster.

use super::records::record;
use super::{Read, Tree};
use geodata::wire::{
    CalendarDay, CalendarYear, CategoryHistory, CategoryImport, CategoryRow, CategoryVersion, Duty, DutyDay,
    HoursInForce, Roster, RosterCopied, SheetFault,
};
use geodata::worktime::{Hours, Season, Week};

impl Read for CalendarDay {
    fn read(from: &impl Tree) -> Option<Self> {
        Some(Self {
            date: Read::read(&from.member("date"))?,
            kind: Read::read(&from.member("kind"))?,
            name: Read::read(&from.member("name"))?,
            minutes: Read::read(&from.member("minutes"))?,
            // Said only of days that are.
            edited: from.member("edited").flag().unwrap_or_default(),
        })
    }
}

record!(CalendarYear { year, state, holidays, days });
record!(CategoryHistory { versions, next });
record!(CategoryImport { preview, rows, faults });
record!(CategoryRow { row, code, name, change, fields, from });
record!(CategoryVersion {
    code,
    version,
    group,
    name,
    filing_standard,
    closing_standard,
    limits,
    working_time,
    pauses_referred,
    pauses_parked,
    default_unit,
    from,
    to,
});
record!(Duty { staff, name, role, shift, place, place_name, note });
record!(DutyDay { day, duties, edition });
record!(Hours { usual, season });
record!(HoursInForce { from, hours });
record!(Roster { days });
record!(RosterCopied { days, left_out });
record!(Season { from, to, week });
record!(SheetFault { row, column, rule });
record!(Week { workday, saturday, sunday });
