//! A step with an incident: judged by the table of rights, reckoned by the rules, written with its event.

use super::super::errors::{Body, BodyRefusals, Error, OftenRefusals, Refusals, Result};
use super::super::idempotency::{KeyHeader, Keyed, first_answer, keep_answer};
use super::super::person::Person;
use super::key;
use crate::db::cases::{self, Held};
use crate::db::steps::{self, NotTaken, Told};
use crate::db::{colleagues, events};
use crate::hours::Counted;
use crate::state::AppState;
use crate::tally;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use geodata::incident::rights::{Denial, judge, possibilities};
use geodata::incident::{Action, Case, NOTE_MAX, Needs, Particulars, Party, Recipient, Step, text};
use geodata::town::Slug;
use geodata::wire::{Act, IncidentFeature};
use geodata::{Invalid, Time};
use sqlx::PgConnection;

/// The furthest that a review date or a deadline lies ahead.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(366);

/// Takes a step with an incident: the next entry of its log, and where it leads. What is possible, and what must come with it,
/// is in `offers` of the incident. A step on something that has moved on since `seen_seq` is 409 with the incident as it
/// stands; one that is not possible there is 422 with its state and what is.
#[utoipa::path(post, path = "/api/incidents/{id}/events", tag = "incidents", request_body = Act,
    params(("id" = i64, Path, description = "its key"), ("town" = Option<Slug>, Query, description = "short name"),
           KeyHeader),
    responses((status = CREATED, body = IncidentFeature), Refusals, BodyRefusals, OftenRefusals))]
pub async fn act(
    State(state): State<AppState>,
    Path(id): Path<String>,
    person: Person,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let id = key(&id)?;
    state.count_writes(&person, 1)?;
    let act = checked(body.json()?, &person, state.now())?;
    let keyed = Keyed::of(&headers, &format!("act {id}"), &body)?;
    let mut tx = state.begin_writing(&person).await?;
    if let Some(first) = first_answer(&mut tx, &person, keyed.as_ref(), state.now()).await? {
        return Ok(first);
    }
    let incident = step(&mut tx, &state, &person, id, &act).await?;
    keep_answer(&mut tx, &person, keyed.as_ref(), &incident).await?;
    tx.commit().await?;
    tally::step(act.action);
    Ok((StatusCode::CREATED, Json(incident)).into_response())
}

/// A step with its words trimmed, its role the person's own, and its dates in the future.
pub(super) fn checked(mut act: Act, person: &Person, now: Time) -> Result<Act> {
    person.who.acts_as(act.role)?;
    act.note = act.note.as_deref().map(|note| text("note", note, NOTE_MAX)).transpose()?;
    let needs = Needs::of(act.action);
    if needs.note && act.note.is_none() {
        return Err(Invalid::new("note", "请写明理由或情况", "say why, or what was found").into());
    }
    if act.until.is_some() || needs.until {
        let within = act.until.is_some_and(|until| until > now && until <= now + LONGEST_WAIT);
        if !within {
            return Err(Invalid::new("until", "请给出一年之内的将来日期", "a date in the future, within a year").into());
        }
    }
    if needs.satisfaction && !act.satisfaction.is_some_and(|mark| (1..=5).contains(&mark)) {
        return Err(Invalid::new("satisfaction", "满意度为 1 到 5", "a mark from 1 to 5").into());
    }
    if needs.other && act.other.is_none() {
        return Err(Invalid::new("other", "请选择并入的事件", "choose the incident that it goes on in").into());
    }
    if needs.to.is_some() && act.to.is_none() {
        return Err(Invalid::new("to", "请选择交给谁", "choose whom it goes to").into());
    }
    Ok(act)
}

/// Judges and writes one step, in the caller's transaction; answers the incident as it stands then.
pub(super) async fn step(
    tx: &mut PgConnection,
    state: &AppState,
    person: &Person,
    id: i64,
    act: &Act,
) -> Result<IncidentFeature> {
    let (town, now) = (person.town.id, state.now());
    // The town's lock first: what is read after it is what the step is judged by.
    let seq = events::next_seq(tx, town).await?;
    let held = cases::held(tx, town, id).await?.ok_or(Error::NotFound)?;
    if act.seen_seq.is_some_and(|seen| seen != held.incident.properties.seq) {
        return Err(Error::Moved(Box::new(held.incident)));
    }
    let hours = state.counted(tx, &person.town, held.working_time).await?;
    let case = held.case(tx, town, &hours).await?;
    allowed(person, act.action, &case, &held)?;
    let with = particulars(tx, person, act, &held).await?;
    let told = Told {
        step: Step { action: act.action, at: now, by: Some(person.who.staff), with },
        role: person.who.role.word(),
        actor: Some(&person.name),
        note: act.note.as_deref(),
        recorded_at: now,
        simulated: act.simulated,
    };
    steps::take(tx, town, seq, &held, &case, &told, &hours).await?;
    if let Some(other) = told.step.with.other.filter(|_| act.action == Action::Merge) {
        absorb(tx, state, person, (id, other), &told).await?;
    }
    Ok(cases::held(tx, town, id).await?.ok_or(Error::NotFound)?.incident)
}

/// Refuses what the table of rights does, in the words of the case.
fn allowed(person: &Person, action: Action, case: &Case, held: &Held) -> Result<()> {
    judge(&person.who, action, case, &held.place).map_err(|denial| match denial {
        Denial::Step(refusal) => Error::WrongStep { refusal, possible: possibilities(case, &held.place) },
        Denial::NotYours => Error::NotYours(action),
        Denial::OwnWork => Error::OwnWork,
    })
}

/// What comes with a step, each part of it looked at: people and units that exist, incidents that can be gone on in.
async fn particulars(tx: &mut PgConnection, person: &Person, act: &Act, held: &Held) -> Result<Particulars> {
    let needs = Needs::of(act.action);
    let to = match needs.to {
        Some(kind) => Some(recipient(tx, person, kind, act.to.clone()).await?),
        None => None,
    };
    let minutes = if needs.minutes { Some(extension(act, held)?) } else { None };
    let other = match act.other.filter(|_| needs.other) {
        Some(other) => Some(main_one(tx, person, held.incident.id, other).await?),
        None => None,
    };
    Ok(Particulars {
        to,
        minutes,
        other,
        until: act.until.filter(|_| needs.until),
        satisfaction: act.satisfaction.filter(|_| needs.satisfaction),
        alarm: None,
    })
}

async fn recipient(tx: &mut PgConnection, person: &Person, kind: Recipient, to: Option<Party>) -> Result<Party> {
    let rule = || {
        Error::from(match kind {
            Recipient::Handler => {
                Invalid::new("to", "须为本镇的在岗人员或联动单位", "somebody of the town's staff, or a unit")
            }
            Recipient::Unit => Invalid::new("to", "须为联动单位或 county", "a unit, or county"),
        })
    };
    let to = to.ok_or_else(rule)?;
    let found = match (&to, kind) {
        (Party::Staff(id), Recipient::Handler) => colleagues::can_handle(tx, person.town.id, *id).await?,
        (Party::Unit(code), _) => colleagues::unit_exists(tx, person.town.id, code).await?,
        (Party::County, Recipient::Unit) => true,
        _ => false,
    };
    if found { Ok(to) } else { Err(rule()) }
}

fn extension(act: &Act, held: &Held) -> Result<i64> {
    let most = i64::from(held.terms.limit(held.incident.properties.level));
    act.minutes.filter(|minutes| (1..=most).contains(minutes)).ok_or_else(|| {
        Invalid::new(
            "minutes",
            format!("须为 1 到 {most} 分钟：延期不得超过原时限"),
            format!("1 to {most} minutes: no longer than the limit itself"),
        )
        .into()
    })
}

/// The incident that another goes on in: one that the person sees, and that is open.
async fn main_one(tx: &mut PgConnection, person: &Person, this: i64, other: i64) -> Result<i64> {
    let rule = |zh, en| Error::from(Invalid::new("other", zh, en));
    if other == this {
        return Err(rule("不能并入自身", "it can't go on in itself"));
    }
    let found = cases::held(tx, person.town.id, other).await?;
    let Some(found) = found else { return Err(rule("没有这个事件", "there is no such incident")) };
    if found.incident.properties.state.is_open() {
        Ok(other)
    } else {
        Err(rule("只能并入未结束的事件", "only an open incident can be gone on in"))
    }
}

/// The other side of the link: the main incident's log tells what goes on in it.
async fn absorb(
    tx: &mut PgConnection,
    state: &AppState,
    person: &Person,
    (this, main): (i64, i64),
    told: &Told<'_>,
) -> Result<()> {
    let town = person.town.id;
    let seq = events::next_seq(tx, town).await?;
    let held = cases::held(tx, town, main).await?.ok_or(Error::NotFound)?;
    let hours: Counted = state.counted(tx, &person.town, held.working_time).await?;
    let case = held.case(tx, town, &hours).await?;
    let with = Particulars { other: Some(this), ..Particulars::default() };
    let step = Step { action: Action::Absorb, with, ..told.step.clone() };
    steps::take(tx, town, seq, &held, &case, &Told { step, ..told.clone() }, &hours).await?;
    Ok(())
}

impl From<NotTaken> for Error {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::Refused(refusal) => refusal.into(),
            NotTaken::Database(error) => error.into(),
        }
    }
}
