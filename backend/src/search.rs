//! A search: what of a town's things, people on duty and incidents answers to what was typed, the best first.

use crate::db::roster;
use crate::db::search::{self, Thing, Wanted};
use crate::http::errors::Result;
use crate::http::person::Person;
use geodata::access::Scope;
use geodata::incident::number;
use geodata::matter::Matter;
use geodata::place::Position;
use geodata::roster::DutyPlace;
use geodata::seek::{Match, Rank, Sought};
use geodata::town::Name;
use geodata::wire::{Duty, Findings, Found, FoundDuty, FoundKind, IncidentFeature, Marks};
use geodata::{Invalid, Time, coordinates};
use sqlx::PgConnection;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The most of one kind in an answer: 120 grids must not crowd out the camera that was meant.
const KIND_MAX: usize = 12;
/// The most words of a text that are looked for in titles.
const WORDS_MAX: usize = 8;

/// Something that answers, and how well.
struct Scored {
    rank: Rank,
    found: Found,
}

/// What answers to a text, at most so much.
///
/// # Errors
/// When it is a position, and none on earth; the database's.
pub async fn search(db: &mut PgConnection, person: &Person, text: &str, limit: usize, now: Time) -> Result<Findings> {
    let (town, sought) = (person.town.id, Sought::new(text));
    let things = search::things(db, town, now).await?;
    let mut scored: Vec<Scored> = position(db, person, text).await?.map(at).into_iter().collect();
    scored.extend(things.iter().filter_map(|thing| of_thing(thing, &sought)));
    if person.who.role.reads(Matter::Staff) {
        let duties = roster::on_duty(db, &person.town, now).await?;
        scored.extend(duties.iter().filter_map(|duty| of_duty(duty, &things, &sought)));
    }
    // Stable: incidents come in an order of their own.
    scored.sort_by_cached_key(|one| (one.rank, one.found.name.zh.chars().count(), one.found.key.clone()));
    let (incidents, within) = incidents(db, person, text, &sought, now).await?;
    scored.extend(incidents);
    scored.sort_by_key(|one| (one.rank, one.found.kind));
    let all = scored.len();
    let mut counts = BTreeMap::new();
    scored.retain(|one| {
        let count = counts.entry(one.found.kind).or_insert(0);
        *count += 1;
        *count <= KIND_MAX
    });
    scored.truncate(limit);
    let truncated = scored.len() < all;
    let mut kinds: Vec<FoundKind> = scored.iter().map(|one| one.found.kind).collect();
    let mut seen = BTreeSet::new();
    kinds.retain(|kind| seen.insert(*kind));
    scored.sort_by_key(|one| kinds.iter().position(|kind| *kind == one.found.kind));
    let mut found: Vec<Found> = scored.into_iter().map(|one| one.found).collect();
    place(db, person, &mut found, now).await?;
    Ok(Findings { q: text.to_owned(), found, truncated, within })
}

/// The position that a text is, the town's own where its order leaves a choice.
async fn position(db: &mut PgConnection, person: &Person, text: &str) -> Result<Option<Position>> {
    if coordinates::read(text, None).is_none() {
        return Ok(None);
    }
    let near = search::bounds(db, person.town.id).await?;
    let read = coordinates::read(text, near).transpose();
    Ok(read.map_err(|rule| Invalid { field: "q", ..rule })?)
}

fn at(position: Position) -> Scored {
    let text = coordinates::told(position);
    let found = Found { position: Some(position), ..bare(FoundKind::Position, text.clone(), Name::new(&text, &text)) };
    Scored { rank: Rank::Exact, found }
}

/// Something of a kind, of which nothing else is known.
fn bare(kind: FoundKind, key: String, name: Name) -> Found {
    let (village, grid, position, incident, duty) = (None, None, None, None, None);
    Found { kind, key, name, marks: Marks::default(), village, grid, position, incident, duty }
}

fn marks(found: &Match) -> Marks {
    Marks { zh: found.zh, en: found.en }
}

fn of_thing(thing: &Thing, sought: &Sought) -> Option<Scored> {
    // A place's key is nobody's word.
    let codes = if thing.kind == FoundKind::Place { &[][..] } else { &[thing.key.as_str()][..] };
    let answers = sought.matches(&thing.name, codes)?;
    let found = Found {
        marks: marks(&answers),
        village: thing.village.clone(),
        grid: thing.grid.clone(),
        position: Some(thing.position),
        ..bare(thing.kind, thing.key.clone(), thing.name.clone())
    };
    Some(Scored { rank: answers.rank, found })
}

/// Somebody on duty, by their name; where they are is not known, but what they are on duty for is.
fn of_duty(duty: &Duty, things: &[Thing], sought: &Sought) -> Option<Scored> {
    let answers = sought.matches(&Name::new(&duty.name, ""), &[])?;
    let (village, grid) = match &duty.place {
        DutyPlace::Village(code) => (Some(code.clone()), None),
        DutyPlace::Grid(code) => (Some(code.village()), Some(code.clone())),
        DutyPlace::Town | DutyPlace::Unit(_) => (None, None),
    };
    let area = |thing: &&Thing| village.is_some() && thing.village == village && thing.grid == grid;
    let found = Found {
        marks: Marks { zh: answers.zh, en: answers.zh },
        position: things.iter().find(area).map(|thing| thing.position),
        village,
        grid,
        duty: Some(FoundDuty { role: duty.role, place: duty.place_name.clone(), note: duty.note.clone() }),
        ..bare(FoundKind::Person, duty.staff.to_string(), Name::new(&duty.name, &duty.name))
    };
    Some(Scored { rank: answers.rank, found })
}

/// Incidents that the person sees: one by its number, the town's latest by its end or words of their titles, open ones by pinyin
/// too. The best first, open before ended, the newest first.
async fn incidents(
    db: &mut PgConnection,
    person: &Person,
    text: &str,
    sought: &Sought,
    now: Time,
) -> Result<(Vec<Scored>, Option<i64>)> {
    let town = person.town.id;
    if person.who.scope == Scope::Nothing {
        return Ok((Vec::new(), None));
    }
    let whole = number(text, &person.town.day(now).to_string());
    // Less than a day and a count is the end of some number, today's or the latest.
    let short = text.chars().filter(|c| c.is_numeric()).count() <= 4;
    let end = whole.as_ref().filter(|_| short).and_then(|number| number.get(number.find('-')?..)).map(str::to_owned);
    let words = text.split_whitespace().take(WORDS_MAX).map(str::to_lowercase).collect();
    let wanted = Wanted { words, number: whole, end };
    let most = i64::try_from(KIND_MAX).unwrap_or(i64::MAX) + 1;
    let (mut keys, within) = search::latest(db, town, &wanted, most).await?;
    let open = search::open_titles(db, town).await?;
    keys.extend(
        open.iter().filter(|(_, title)| sought.matches(&Name::new(title, ""), &[]).is_some()).map(|(key, _)| *key),
    );
    let mut found = search::incidents(db, town, &keys, wanted.number.as_deref()).await?;
    found.sort_by_key(|one| (one.properties.ended_at.is_some(), Reverse(one.properties.reported_at), Reverse(one.id)));
    found.dedup_by_key(|one| one.id);
    let mut scored: Vec<Scored> = found.into_iter().map(|one| of_incident(one, &wanted, sought)).collect();
    scored.sort_by_key(|one| one.rank);
    Ok((scored, within))
}

fn of_incident(incident: IncidentFeature, wanted: &Wanted, sought: &Sought) -> Scored {
    let properties = &incident.properties;
    let title = sought.matches(&Name::new(&properties.title, ""), &[]);
    let is = |number: &Option<String>, same: fn(&str, &str) -> bool| {
        number.as_deref().is_some_and(|number| same(&properties.number, number))
    };
    let rank = if is(&wanted.number, |whole, number| whole == number) {
        Rank::Exact
    } else if is(&wanted.end, |whole, end| whole.ends_with(end)) {
        Rank::Prefix
    } else {
        // Its number holds it, where the title does not.
        title.map_or(Rank::Contained, |answers| answers.rank)
    };
    let mark = title.and_then(|answers| answers.zh);
    let [lon, lat] = incident.geometry.coordinates;
    let found = Found {
        marks: Marks { zh: mark, en: mark },
        village: properties.village.clone(),
        grid: properties.grid.clone(),
        position: Position::new(lon, lat).ok(),
        ..bare(FoundKind::Incident, incident.id.to_string(), Name::new(&properties.title, &properties.title))
    };
    Scored { rank, found: Found { incident: Some(Box::new(incident)), ..found } }
}

/// Says in which village and grid lies what has a position only.
async fn place(db: &mut PgConnection, person: &Person, found: &mut [Found], now: Time) -> Result<()> {
    let mut bare: Vec<&mut Found> = found
        .iter_mut()
        .filter(|one| one.village.is_none() && one.incident.is_none() && one.position.is_some())
        .collect();
    let points: Vec<Position> = bare.iter().filter_map(|one| one.position).collect();
    if points.is_empty() {
        return Ok(());
    }
    let grids = search::grids_at(db, person.town.id, now, &points).await?;
    for (one, grid) in bare.iter_mut().zip(grids) {
        (one.village, one.grid) = grid.unzip();
    }
    Ok(())
}
