//! What the page sends, written as JSON: the mirror of [`Read`](super::Read), and as small. What serde would read from it
//! is compared in tests, type by type.

use crate::format::trimmed;
use chrono::NaiveDate;
use geodata::Time;
use geodata::dispute::{Disputant, Side};
use geodata::incident::{Action, Party, Severity, Source};
use geodata::place::Position;
use geodata::roster::{DutyPlace, DutyShift};
use geodata::town::{CategoryCode, CategoryGroup, GridCode, Name, PersonName, Role, UnitCode, VillageCode};
use geodata::wire::{
    AccountChange, Act, BulkAct, CategoryEdit, DayChange, DutyPlan, HoursInForce, NewAccount, NewCheck, NewDuty,
    NewIncident, NewObstruction, PasswordChange, PasswordProof, PhotoRemoval, RosterCopy, Secret, Seen, SignIn,
    TotpCode, Unit, UnitChange, Verdict,
};
use geodata::worktime::{DayKind, Hours, MonthDay, Season, Shift, Week};

/// Something that can be written as JSON.
pub trait Write {
    /// Writes it at the end of `out`.
    fn write(&self, out: &mut String);

    /// Whether a record leaves its member out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// The JSON text of something.
pub fn json(thing: &impl Write) -> String {
    let mut out = String::new();
    thing.write(&mut out);
    out
}

impl Write for str {
    fn write(&self, out: &mut String) {
        out.push('"');
        for c in self.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                c if c < ' ' => {
                    out.push_str("\\u00");
                    for nibble in [u32::from(c) >> 4, u32::from(c) & 15] {
                        out.extend(char::from_digit(nibble, 16));
                    }
                }
                c => out.push(c),
            }
        }
        out.push('"');
    }
}

impl Write for String {
    fn write(&self, out: &mut String) {
        self.as_str().write(out);
    }
}

impl Write for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Write for f64 {
    fn write(&self, out: &mut String) {
        /// Less than a millimetre, in degrees.
        const PLACES: usize = 6;
        out.push_str(&trimmed(*self, PLACES));
    }
}

/// Whole numbers.
macro_rules! whole {
    ($($name:ty),+ $(,)?) => { $(
        impl Write for $name {
            fn write(&self, out: &mut String) {
                out.push_str(&self.to_string());
            }
        }
    )+ };
}
whole!(i16, i32, i64, u8);

/// Types that are texts.
macro_rules! texts {
    ($($name:ty = $text:ident),+ $(,)?) => { $(
        impl Write for $name {
            fn write(&self, out: &mut String) {
                self.$text().write(out);
            }
        }
    )+ };
}
texts!(
    Action = word,
    CategoryCode = as_str,
    CategoryGroup = word,
    DayKind = word,
    DutyPlace = to_string,
    DutyShift = to_string,
    GridCode = as_str,
    NaiveDate = to_string,
    PersonName = as_str,
    Role = word,
    Secret = expose,
    Shift = to_string,
    Side = word,
    Source = word,
    UnitCode = as_str,
    Verdict = word,
    VillageCode = as_str,
);

impl Write for Severity {
    fn write(&self, out: &mut String) {
        self.number().write(out);
    }
}

impl Write for Party {
    fn write(&self, out: &mut String) {
        self.to_string().write(out);
    }
}

impl Write for MonthDay {
    fn write(&self, out: &mut String) {
        String::from(*self).write(out);
    }
}

impl Write for Time {
    fn write(&self, out: &mut String) {
        self.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).write(out);
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(thing) => thing.write(out),
            None => out.push_str("null"),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Write, const N: usize> Write for [T; N] {
    fn write(&self, out: &mut String) {
        self.as_slice().write(out);
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, out: &mut String) {
        self.as_slice().write(out);
    }
}

impl<T: Write> Write for [T] {
    fn write(&self, out: &mut String) {
        out.push('[');
        for (i, thing) in self.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            thing.write(out);
        }
        out.push(']');
    }
}

/// Puts one member after those before it.
fn member(out: &mut String, first: &mut bool, name: &str, value: &impl Write) {
    if value.is_absent() {
        return;
    }
    if !std::mem::take(first) {
        out.push(',');
    }
    name.write(out);
    out.push(':');
    value.write(out);
}

/// Writes each field by its name. A record that lacks one of its type's fields does not build.
macro_rules! sent {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl Write for $name {
            fn write(&self, out: &mut String) {
                let Self { $($field),+ } = self;
                let mut first = true;
                out.push('{');
                $(member(out, &mut first, stringify!($field), $field);)+
                out.push('}');
            }
        }
    };
}

sent!(Act { action, role, note, to, until, minutes, other, satisfaction, seen_seq, simulated });
sent!(AccountChange { name, role, village, grids, unit, disabled });
sent!(BulkAct { incidents, act });
sent!(CategoryEdit {
    code,
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
    version,
});
sent!(DayChange { kind, name });
sent!(Disputant { name, contact, side });
sent!(DutyPlan { duties, village, seen });
sent!(Hours { usual, season });
sent!(HoursInForce { from, hours });
sent!(Name { zh, en });
sent!(NewAccount { name, role, village, grids, unit });
sent!(NewCheck { verdict, note });
sent!(NewDuty { staff, shift, place, note });
sent!(NewIncident { title, description, category, severity, source, position, reported_at, outside, simulated });
sent!(NewObstruction { from_deg, to_deg, beyond_m, note });
sent!(PasswordChange { old, new });
sent!(PasswordProof { password });
sent!(PhotoRemoval { reason });
sent!(RosterCopy { from_week, to_week, village });
sent!(Season { from, to, week });
sent!(Seen { id, seq });
sent!(SignIn { name, password, code });
sent!(TotpCode { code });
sent!(Unit { code, name });
sent!(UnitChange { name });
sent!(Week { workday, saturday, sunday });

impl Write for Position {
    fn write(&self, out: &mut String) {
        let mut first = true;
        out.push('{');
        member(out, &mut first, "lon", &self.lon());
        member(out, &mut first, "lat", &self.lat());
        out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What we write, serde reads as the same.
    fn same<T: Write + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(thing: &T) {
        let text = json(thing);
        assert_eq!(&serde_json::from_str::<T>(&text).expect(&text), thing);
    }

    #[test]
    fn what_is_written_is_read_back() {
        same(&SignIn { name: "𠮷田 \"芳\"\\\n\t\u{1}\u{7f}".into(), password: Secret::new("a\"b"), code: None });
        same(&SignIn { name: String::new(), password: Secret::new(""), code: Some("012345".into()) });
        same(&TotpCode { code: "000000".into() });
        same(&PasswordChange { old: Secret::new("x"), new: Secret::new("𠮷") });
        same(&vec![
            Disputant { name: "𠮷田".into(), contact: Some("138 0000 0000".into()), side: Some(Side::Respondent) },
            Disputant { name: "王".into(), contact: None, side: None },
        ]);
        let name = Name { zh: "派出所".into(), en: "Police".into() };
        same(&Unit { code: "police".parse().unwrap(), name: name.clone() });
        same(&UnitChange { name });
        same(&PasswordProof { password: Secret::new("x") });
        same(&NewCheck { verdict: Verdict::Turned, note: None });
        let note = "杨树 \"大\"".to_owned();
        same(&NewObstruction { from_deg: 350.5, to_deg: 10.0, beyond_m: Some(20.0), note: note.clone() });
        same(&NewObstruction { from_deg: 0.0, to_deg: 360.0, beyond_m: None, note });
        same(&NewAccount {
            name: "李明".parse().unwrap(),
            role: Role::GridMember,
            village: None,
            grids: vec!["610304105201004".parse().unwrap(), "610304105201005".parse().unwrap()],
            unit: None,
        });
        same(&AccountChange { disabled: Some(true), grids: Some(Vec::new()), ..AccountChange::default() });
        same(&Position::new(107.461_25, -34.5).unwrap());
    }

    #[test]
    fn steps_and_reports_are_read_back() {
        let act = Act {
            action: Action::Dispatch,
            role: None,
            note: Some("要吊车".into()),
            to: Some(Party::Staff(12)),
            until: Some("2026-11-23T06:02:00Z".parse().unwrap()),
            minutes: Some(30),
            other: Some(7),
            satisfaction: Some(5),
            seen_seq: Some(41),
            simulated: false,
        };
        same(&act);
        same(&BulkAct { incidents: vec![Seen { id: 7, seq: Some(41) }, Seen { id: 8, seq: None }], act });
        same(&NewIncident {
            title: "路灯不亮".into(),
            description: None,
            category: "0403".parse().unwrap(),
            severity: 2.try_into().unwrap(),
            source: Source::Hotline,
            position: Position::new(107.46, 34.41).unwrap(),
            reported_at: None,
            outside: true,
            simulated: false,
        });
    }

    #[test]
    fn what_an_administrator_keeps_is_read_back() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        same(&DayChange { kind: DayKind::MakeUp, name: Some(Name::new("国庆节", "National Day")) });
        let week = Hours::default().usual;
        let season = Season { from: "05-01".parse().unwrap(), to: "09-30".parse().unwrap(), week: week.clone() };
        same(&HoursInForce { from: day("2026-12-01"), hours: Hours { usual: week, season: Some(season) } });
        same(&CategoryEdit {
            code: Some("0403".parse().unwrap()),
            group: CategoryGroup::Management,
            name: Name::new("路灯", "Lamp"),
            filing_standard: Name::default(),
            closing_standard: Name::new("亮", "lit"),
            limits: [[15, 30, 60], [30, 60, 120], [45, 90, 180], [60, 120, 240]],
            working_time: true,
            pauses_referred: false,
            pauses_parked: true,
            default_unit: Some("police".parse().unwrap()),
            from: None,
            to: Some("2026-11-23T06:02:00Z".parse().unwrap()),
            version: Some(2),
        });
        let duty = NewDuty { staff: 12, shift: DutyShift::NIGHT, place: DutyPlace::Town, note: Some("带班".into()) };
        let seen = Some("00c0ffee00c0ffee".into());
        same(&DutyPlan { duties: vec![duty], village: Some("610304105201".parse().unwrap()), seen });
        same(&RosterCopy { from_week: day("2026-11-23"), to_week: day("2026-11-30"), village: None });
    }

    #[test]
    fn what_is_absent_is_not_written() {
        assert_eq!(json(&AccountChange::default()), "{}");
        assert_eq!(json(&vec![Some(1_i64), None]), "[1,null]");
        let at: Time = "2026-11-23T06:02:00.125Z".parse().unwrap();
        assert_eq!(json(&at), "\"2026-11-23T06:02:00.125Z\"");
    }
}
