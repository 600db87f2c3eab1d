//! Planning duties: who may plan what, whether it can be so, and what the audit log keeps of it.

use crate::db::audit::{self, Entry};
use crate::db::{roster, towns};
use crate::http::errors::{Error, Result};
use crate::http::person::Person;
use crate::state::AppState;
use chrono::{Days, NaiveDate};
use geodata::Invalid;
use geodata::access::Scope;
use geodata::matter::Matter;
use geodata::roster::{AHEAD_DAYS, DUTIES_MAX, DutyPlace, DutyShift, edition, is_of};
use geodata::town::{Role, VillageCode};
use geodata::wire::{Duty, DutyDay, NewDuty};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Which part of the roster a person plans: all of it, or one village's.
///
/// # Errors
/// When it is none, or not the one that was asked for.
pub fn part(person: &Person, asked: Option<VillageCode>) -> Result<Option<VillageCode>> {
    match (person.who.role, &person.who.scope) {
        (role, _) if role.keeps(Matter::Roster) => Ok(asked),
        (role, Scope::Village(own))
            if role.keeps_own(Matter::Roster) && asked.as_ref().is_none_or(|village| village == own) =>
        {
            Ok(Some(own.clone()))
        }
        _ => Err(Error::Denied),
    }
}

/// The days that can still be planned: yesterday's night may be going on.
pub fn is_open(day: NaiveDate, today: NaiveDate) -> bool {
    let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let last = today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(today);
    (first..=last).contains(&day)
}

/// Duties to be planned in place of others.
pub struct Plan {
    /// Whose part of the roster.
    pub part: Option<VillageCode>,
    /// The days whose duties go.
    pub days: Vec<NaiveDate>,
    /// The duties that come.
    pub duties: Vec<(NaiveDate, NewDuty)>,
    /// Whom a village's chief may plan beside the village's own people: those whom the town has planned there.
    pub lent: BTreeSet<i32>,
    /// The edition of the only day's duties that the person had seen, where they say so.
    pub seen: Option<String>,
}

/// What can't be planned.
pub enum Fault {
    /// The duty at this place of the list.
    Duty(usize, Invalid),
    /// Something else.
    Other(Error),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        Self::Other(invalid.into())
    }
}

impl Plan {
    /// Writes the plan and who made it, under the town's lock.
    ///
    /// # Errors
    /// The first duty that can't be, or the database's.
    pub async fn write(
        &self,
        db: &mut PgConnection,
        state: &AppState,
        person: &Person,
    ) -> std::result::Result<(), Fault> {
        let (town, now) = (person.town.id, state.now());
        towns::lock(db, town).await?;
        let (Some(&first), Some(&last)) = (self.days.iter().min(), self.days.iter().max()) else { return Ok(()) };
        let around = [first.checked_sub_days(Days::new(1)), last.checked_add_days(Days::new(1))];
        let [from, to] = [around[0].unwrap_or(first), around[1].unwrap_or(last)];
        let standing = roster::days(db, town, from, to).await?;
        self.unchanged(first, &standing)?;
        let (goes, stays): (Vec<_>, Vec<_>) = standing
            .into_iter()
            .partition(|(day, duty)| self.days.contains(day) && is_of(&duty.place, self.part.as_ref()));
        let lent = self.lent.iter().copied().chain(goes.iter().map(|(_, duty)| duty.staff)).collect();
        self.check(db, person, &lent, &stays).await?;
        roster::replace(db, town, &self.days, self.part.as_ref(), &self.duties).await?;
        let after = roster::days(db, town, first, last).await?;
        for day in &self.days {
            if after.iter().filter(|(other, _)| other == day).count() > DUTIES_MAX {
                let zh = format!("一天最多 {DUTIES_MAX} 项值班");
                return Err(Invalid::new("duties", zh, format!("a day has at most {DUTIES_MAX} duties")).into());
            }
            let lines = |duties: &[(NaiveDate, Duty)]| -> Vec<String> {
                let mine = duties.iter().filter(|(d, duty)| d == day && is_of(&duty.place, self.part.as_ref()));
                mine.map(|(_, duty)| line(duty)).collect()
            };
            let (before, after) = (lines(&goes), lines(&after));
            if before != after {
                let mut details = json!({ "before": before, "after": after });
                if let Some(village) = &self.part {
                    details["village"] = json!(village);
                }
                let entry = Entry::of("change_roster").to("roster", day).with(details);
                audit::write(db, person.by(), now, &entry).await?;
            }
        }
        Ok(())
    }

    /// Refuses to overwrite what the person has not seen.
    fn unchanged(&self, day: NaiveDate, standing: &[(NaiveDate, Duty)]) -> Result<()> {
        let Some(seen) = &self.seen else { return Ok(()) };
        let duties: Vec<Duty> = standing.iter().filter(|(d, _)| *d == day).map(|(_, duty)| duty.clone()).collect();
        // Who knows only what an answer says of the whole day may say that.
        if [self.part.as_ref(), None].iter().any(|part| edition(&duties, *part) == *seen) {
            return Ok(());
        }
        Err(Error::Replanned(Box::new(DutyDay::of(day, duties))))
    }

    async fn check(
        &self,
        db: &mut PgConnection,
        person: &Person,
        lent: &BTreeSet<i32>,
        stays: &[(NaiveDate, Duty)],
    ) -> std::result::Result<(), Fault> {
        let town = person.town.id;
        let staff: Vec<i32> = self.duties.iter().map(|(_, duty)| duty.staff).collect();
        let members = roster::members(db, town, &staff).await?;
        let mut wanted: BTreeSet<DutyPlace> = self.duties.iter().map(|(_, duty)| duty.place.clone()).collect();
        wanted.extend(self.part.clone().map(DutyPlace::Village));
        let places = roster::places(db, town, &wanted).await?;
        if self.part.as_ref().is_some_and(|village| !places.contains(&DutyPlace::Village(village.clone()))) {
            return Err(Invalid::new("village", "本镇没有这个村", "the town has no such village").into());
        }
        for (at, (day, duty)) in self.duties.iter().enumerate() {
            let fault = |invalid| Fault::Duty(at, invalid);
            let Some(member) = members.get(&duty.staff) else {
                return Err(fault(Invalid::new("staff", "没有这名工作人员", "there is no such member of staff")));
            };
            let name = &member.name;
            if member.left {
                let (zh, en) = (format!("{name} 的账号已停用"), format!("the account of {name} is closed"));
                return Err(fault(Invalid::new("staff", zh, en)));
            }
            if !places.contains(&duty.place) {
                return Err(fault(Invalid::new("place", "本镇没有这个地点", "the town has no such place")));
            }
            if !is_of(&duty.place, self.part.as_ref()) {
                let (zh, en) = ("不在所安排的村内", "not in the village that is planned");
                return Err(fault(Invalid::new("place", zh, en)));
            }
            let own = self.part.as_ref().filter(|_| person.who.role == Role::VillageChief);
            if own.is_some_and(|village| !member.villages.contains(village) && !lent.contains(&duty.staff)) {
                let (zh, en) = (format!("{name} 不是本村人员"), format!("{name} does not belong to the village"));
                return Err(fault(Invalid::new("staff", zh, en)));
            }
            if let Some((other, shift)) = meeting(*day, duty, stays) {
                let zh = format!("{name} 在 {other} {shift} 已有值班，时间重叠");
                let en = format!("{name} is on duty on {other} {shift} already, at the same time");
                return Err(fault(Invalid::new("staff", zh, en)));
            }
        }
        Ok(())
    }
}

/// Another duty of the same person at the same time.
fn meeting(day: NaiveDate, duty: &NewDuty, others: &[(NaiveDate, Duty)]) -> Option<(NaiveDate, DutyShift)> {
    let meets = |(other_day, other): &&(NaiveDate, Duty)| {
        other.staff == duty.staff && duty.shift.meets(other.shift, (*other_day - day).num_days())
    };
    others.iter().find(meets).map(|(day, other)| (*day, other.shift))
}

/// A duty as the audit log tells it.
fn line(duty: &Duty) -> String {
    let note = duty.note.as_ref().map(|note| format!("（{note}）")).unwrap_or_default();
    format!("{} {} {}{note}", duty.name, duty.shift, duty.place)
}

/// Duties by day, every day from one to another.
pub fn by_day(from: NaiveDate, to: NaiveDate, duties: Vec<(NaiveDate, Duty)>) -> Vec<DutyDay> {
    let mut days: Vec<(NaiveDate, Vec<Duty>)> =
        from.iter_days().take_while(|day| *day <= to).map(|day| (day, Vec::new())).collect();
    for (day, duty) in duties {
        if let Some((_, found)) = days.iter_mut().find(|(found, _)| *found == day) {
            found.push(duty);
        }
    }
    days.into_iter().map(|(day, duties)| DutyDay::of(day, duties)).collect()
}
