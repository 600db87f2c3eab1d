//! Who is on duty: a leader and a mediator at the town by day and another mediator by night, some units by day, in each village its
//! chief and its information officer by turns, and one of its grid members on patrol by night.

use super::model::{DemoDuty, DemoStaff, DemoTown};
use crate::roster::{DutyPlace, DutyShift};
use crate::town::Role;
use chrono::{Datelike as _, NaiveDate};

/// Units that have someone at hand every day.
const UNITS: [&str; 5] = ["police", "clinic", "fire", "power", "rescue"];

/// The duties that begin on a day, the same each time. A town without staff has none.
pub fn duties(town: &DemoTown, day: NaiveDate) -> Vec<DemoDuty> {
    let count = usize::try_from(day.num_days_from_ce()).unwrap_or_default();
    // Whoever has the nights of a week has the days of the next.
    let week = usize::try_from(day.iso_week().week()).unwrap_or_default();
    let of = |wanted: &dyn Fn(&DemoStaff) -> bool| -> Vec<usize> {
        town.staff.iter().enumerate().filter(|(_, person)| wanted(person)).map(|(at, _)| at).collect()
    };
    let mut duties = Vec::new();
    let mut add = |staff: Option<usize>, shift, place: DutyPlace, note| {
        duties.extend(staff.map(|staff| DemoDuty { staff, shift, place, note }));
    };
    let turn = |people: &[usize], turn: usize| people.get(turn % people.len().max(1)).copied();
    let leaders = of(&|person| matches!(person.role, Role::Commander | Role::ChiefOfGrids));
    add(turn(&leaders, count), DutyShift::DAY, DutyPlace::Town, Some("带班"));
    let mediators = of(&|person| person.role == Role::Mediator);
    add(turn(&mediators, count), DutyShift::DAY, DutyPlace::Town, None);
    if mediators.len() > 1 {
        add(turn(&mediators, count + 2), DutyShift::NIGHT, DutyPlace::Town, None);
    }
    for code in UNITS {
        let people = of(&|person| person.unit.as_ref().is_some_and(|unit| unit.code.as_str() == code));
        let unit = town.units.iter().find(|unit| unit.code.as_str() == code);
        if let Some(unit) = unit {
            add(turn(&people, count), DutyShift::DAY, DutyPlace::Unit(unit.code.clone()), None);
        }
    }
    for village in &town.villages {
        let of_village = |person: &DemoStaff| person.village.as_ref() == Some(&village.code);
        let office = of(&|person| of_village(person) && person.grids.is_empty());
        add(turn(&office, week), DutyShift::DAY, DutyPlace::Village(village.code.clone()), None);
        if office.len() > 1 {
            add(turn(&office, week + 1), DutyShift::NIGHT, DutyPlace::Village(village.code.clone()), None);
        }
        let members = of(&|person| of_village(person) && !person.grids.is_empty());
        if let Some(member) = turn(&members, count)
            && let Some(grid) = town.staff[member].grids.first()
        {
            add(Some(member), DutyShift::NIGHT, DutyPlace::Grid(grid.clone()), Some("夜间巡查"));
        }
    }
    duties
}
