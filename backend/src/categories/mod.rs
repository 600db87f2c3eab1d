//! A town's categories while an administrator edits them: wishes are fulfilled one after the other, then written all together, each
//! with its entry in the audit log.

pub mod sheet;
mod table;

use crate::db::audit::{self, By, Entry};
use crate::db::categories::{self, Difference};
use crate::db::towns;
use geodata::category::{CATEGORIES_MAX, Done, History, Wish};
use geodata::town::{CategoryCode, TownId, UnitCode};
use geodata::wire::CategoryVersion;
use geodata::{Invalid, Time};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// The categories of a town, as they are and as they shall be.
pub struct Book {
    town: TownId,
    now: Time,
    units: BTreeSet<UnitCode>,
    before: BTreeMap<CategoryCode, History>,
    after: BTreeMap<CategoryCode, History>,
}

impl Book {
    /// Opens it to be looked at: somebody else may write meanwhile.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(db: &mut PgConnection, town: TownId, now: Time) -> sqlx::Result<Self> {
        let before = categories::histories(db, town).await?;
        Ok(Self { town, now, units: categories::units(db, town).await?, after: before.clone(), before })
    }

    /// Opens it to be written, under the town's lock: nobody else writes, and nothing is reported.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(db: &mut PgConnection, town: TownId, now: Time) -> sqlx::Result<Self> {
        towns::lock(db, town).await?;
        Self::read(db, town, now).await
    }

    /// A category's history as it was when the book was opened.
    pub fn before(&self, code: &CategoryCode) -> Option<&History> {
        self.before.get(code)
    }

    /// Makes a category what is wished.
    ///
    /// # Errors
    /// Which field breaks which rule.
    pub fn put(&mut self, code: &CategoryCode, wish: &Wish) -> Result<Done, Invalid> {
        if let Some(unit) = wish.content.default_unit.as_ref().filter(|unit| !self.units.contains(*unit)) {
            let (zh, en) = (format!("本镇没有单位 {unit}"), format!("the town has no unit {unit}"));
            return Err(Invalid::new("default_unit", zh, en));
        }
        let history = self.after.get(code).cloned().unwrap_or_default();
        if !history.lives(self.now) && self.living() >= CATEGORIES_MAX {
            return Err(Invalid::new(
                "code",
                format!("一个镇最多 {CATEGORIES_MAX} 个类别"),
                format!("a town has at most {CATEGORIES_MAX} categories"),
            ));
        }
        let (history, done) = history.put(wish, self.now)?;
        self.after.insert(code.clone(), history);
        Ok(done)
    }

    fn living(&self) -> usize {
        self.after.values().filter(|history| history.lives(self.now)).count()
    }

    /// Ends a category; whether there was anything to end.
    ///
    /// # Errors
    /// `until` lies where it can't.
    pub fn end(&mut self, code: &CategoryCode, until: Option<Time>) -> Result<bool, Invalid> {
        let Some(history) = self.after.get(code) else { return Ok(false) };
        let Some(ended) = history.end(until, self.now)? else { return Ok(false) };
        self.after.insert(code.clone(), ended);
        Ok(true)
    }

    /// A category as it will be at a time.
    pub fn version(&self, code: &CategoryCode, at: Time) -> Option<CategoryVersion> {
        self.after.get(code)?.at(at).map(|version| CategoryVersion::of(code.clone(), version.clone()))
    }

    /// Writes what has changed, and who changed it.
    ///
    /// # Errors
    /// The database's.
    pub async fn close(self, db: &mut PgConnection, by: By<'_>) -> sqlx::Result<()> {
        let none = History::default();
        let difference = |(code, after)| (code, Difference::between(self.before.get(code).unwrap_or(&none), after));
        let differences: Vec<_> =
            self.after.iter().map(difference).filter(|(_, difference)| !difference.is_empty()).collect();
        categories::write(db, self.town, &differences).await?;
        for (code, difference) in &differences {
            let details = told(code, self.before.get(*code).unwrap_or(&none), difference);
            let entry = Entry::of("change_category").to("category", code).with(details);
            audit::write(db, by, self.now, &entry).await?;
        }
        Ok(())
    }
}

/// What the audit log tells of a change: the fields that differ, before and after, and which planned versions were taken back.
fn told(code: &CategoryCode, before: &History, difference: &Difference) -> Value {
    let of = |number: i32| before.versions().iter().find(|version| version.version == number).cloned();
    let (was, is) = if let Some(added) = difference.added.first() {
        (before.at(added.from).cloned(), Some(added.clone()))
    } else if let Some((number, to)) = difference.ended.first() {
        let was = of(*number);
        (was.clone(), was.map(|version| geodata::category::Version { to: *to, ..version }))
    } else {
        (difference.removed.first().and_then(|number| of(*number)), None)
    };
    let fields = |version: Option<geodata::category::Version>| {
        let told = version.map(|version| CategoryVersion::of(code.clone(), version));
        match told.and_then(|told| serde_json::to_value(told).ok()) {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    };
    let (was, is) = (fields(was), fields(is));
    let differing = |these: &Map<String, Value>, others: &Map<String, Value>| -> Map<String, Value> {
        let differs = these.iter().filter(|(field, value)| others.get(*field) != Some(value));
        differs.map(|(field, value)| (field.clone(), value.clone())).collect()
    };
    let mut details = json!({ "before": differing(&was, &is), "after": differing(&is, &was) });
    if !difference.removed.is_empty() {
        details["withdrawn"] = json!(difference.removed);
    }
    details
}
