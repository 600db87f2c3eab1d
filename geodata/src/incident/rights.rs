//! Who may do what with an incident: one table, role × state × action, read by the page and kept by the server. The manual's
//! copy of it is printed from here (`cargo run --example rights`).

use super::{Action, Action as A, Case, Level, Needs, Party, Refusal, State, next};
use crate::access::{Scope, Who};
use crate::town::{GridCode, Role, Role as R, VillageCode};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use strum::{IntoStaticStr, VariantArray};

/// How a person must stand to an incident to take an action with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Hand {
    /// It is their move: it was handed to them, or they answer for it and nobody else was handed it.
    Turn,
    /// They answer for it.
    Owner,
    /// They work on it, or were handed it to work on.
    Worker,
    /// They are who answers at the level where it stands.
    Home,
    /// They are above the level where it stands.
    Above,
    /// They reported it.
    Reporter,
    /// It lies in their scope; that is enough.
    Scope,
}

impl Hand {
    /// Its word in the manual and in tables of text.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// One row of the table: who may take an action, standing how to the incident.
#[derive(Debug, Clone, Copy)]
pub struct Right {
    /// What is done.
    pub action: Action,
    /// By whom.
    pub roles: &'static [Role],
    /// Standing so to it: one of these is enough.
    pub hands: &'static [Hand],
}

const fn right(action: Action, roles: &'static [Role], hands: &'static [Hand]) -> Right {
    Right { action, roles, hands }
}

const CHIEFS: &[Role] = &[R::VillageChief, R::ChiefOfGrids, R::Commander];
const TOWN: &[Role] = &[R::ChiefOfGrids, R::Commander];
const FIELD: &[Role] = &[R::GridMember, R::InformationOfficer, R::VillageChief, R::ChiefOfGrids, R::Commander];
const HANDLERS: &[Role] =
    &[R::GridMember, R::InformationOfficer, R::VillageChief, R::ChiefOfGrids, R::Mediator, R::PartnerUnit];
const OFFICERS: &[Role] = &[R::InformationOfficer, R::VillageChief, R::ChiefOfGrids];

/// The table. The states that each action is possible in are those of [`next`]; what only the system does is not here.
pub const RIGHTS: &[Right] = &[
    right(A::Report, FIELD, &[Hand::Scope]),
    right(A::Verify, &[R::GridMember], &[Hand::Turn]),
    right(A::Verify, OFFICERS, &[Hand::Scope]),
    right(A::Accept, &[R::GridMember, R::VillageChief, R::ChiefOfGrids, R::Commander, R::PartnerUnit], &[Hand::Turn]),
    right(A::Dispatch, CHIEFS, &[Hand::Home, Hand::Above]),
    right(A::Start, HANDLERS, &[Hand::Worker, Hand::Turn]),
    right(A::ReportBack, HANDLERS, &[Hand::Worker, Hand::Owner]),
    right(
        A::Check,
        &[R::GridMember, R::InformationOfficer, R::VillageChief, R::ChiefOfGrids, R::Commander],
        &[Hand::Scope],
    ),
    right(A::Close, CHIEFS, &[Hand::Home, Hand::Above]),
    right(A::Archive, OFFICERS, &[Hand::Scope]),
    right(A::Return, HANDLERS, &[Hand::Worker, Hand::Turn]),
    right(A::Return, CHIEFS, &[Hand::Home, Hand::Above, Hand::Turn]),
    right(A::PassUp, &[R::GridMember, R::VillageChief], &[Hand::Turn, Hand::Home]),
    right(A::PassDown, CHIEFS, &[Hand::Turn, Hand::Home]),
    right(A::Undo, FIELD, &[Hand::Owner, Hand::Above]),
    right(A::Refer, TOWN, &[Hand::Home]),
    right(A::Answer, &[R::PartnerUnit, R::ChiefOfGrids, R::Commander], &[Hand::Turn]),
    right(A::Park, CHIEFS, &[Hand::Home, Hand::Above]),
    right(A::Resume, CHIEFS, &[Hand::Home, Hand::Above]),
    right(A::Extend, CHIEFS, &[Hand::Above]),
    right(A::Extend, TOWN, &[Hand::Home]),
    right(A::Withdraw, &[R::GridMember], &[Hand::Turn, Hand::Reporter]),
    right(A::Withdraw, OFFICERS, &[Hand::Scope]),
    right(A::Merge, &[R::GridMember], &[Hand::Turn]),
    right(A::Merge, OFFICERS, &[Hand::Scope]),
    right(A::Reopen, CHIEFS, &[Hand::Home, Hand::Above]),
    right(A::Supervise, &[R::Auditor, R::Commander, R::ChiefOfGrids], &[Hand::Scope]),
    right(A::FollowUp, &[R::InformationOfficer, R::VillageChief, R::ChiefOfGrids], &[Hand::Scope]),
    right(A::Note, HANDLERS, &[Hand::Scope]),
    right(A::Note, &[R::Commander], &[Hand::Scope]),
    right(A::Acknowledge, TOWN, &[Hand::Scope]),
];

/// Where an incident lies, who reported it and whether it is grave: what rights to it hang on, besides the case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whereabouts {
    /// Its village.
    pub village: Option<VillageCode>,
    /// Its grid.
    pub grid: Option<GridCode>,
    /// Who reported it, where that was somebody with an account.
    pub reporter: Option<i32>,
    /// Whether it is grave enough for the alert ([`Severity::alerts`](super::Severity::alerts)).
    pub alert: bool,
}

/// Why a person may not take an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// Nobody can where it stands now.
    Step(Refusal),
    /// Others can; not this person.
    NotYours,
    /// Not by who did the work: it is checked and closed by somebody else.
    OwnWork,
}

/// Whether a person belongs to a party of an incident at a place.
pub fn belongs(who: &Who, party: &Party, place: &Whereabouts) -> bool {
    match party {
        Party::Grid => match (&who.scope, &place.grid) {
            (Scope::Grids(grids), Some(grid)) => who.role == R::GridMember && grids.contains(grid),
            _ => false,
        },
        Party::Village => match (&who.scope, &place.village) {
            (Scope::Village(mine), Some(village)) => who.role == R::VillageChief && mine == village,
            _ => false,
        },
        // Outside the system nobody has an account: the town writes down what it hears from there.
        Party::Town | Party::County => TOWN.contains(&who.role),
        Party::Unit(code) => matches!(&who.scope, Scope::Unit(mine) if mine == code),
        Party::Staff(id) => who.staff == *id,
    }
}

/// How a person stands to an incident; [`Hand::Scope`] is a matter of what they can see at all, and always so here.
pub fn stands(who: &Who, hand: Hand, case: &Case, place: &Whereabouts) -> bool {
    let level = case.standing.level;
    match hand {
        Hand::Scope => true,
        Hand::Turn => belongs(who, case.turn(), place),
        Hand::Owner => belongs(who, &case.owner, place),
        Hand::Worker => {
            let offered = case.offered.as_ref().is_some_and(|party| belongs(who, party, place));
            offered
                || case.worker.as_ref().is_some_and(|party| belongs(who, party, place))
                || case.handlers.contains(&who.staff)
        }
        Hand::Home => belongs(who, &Party::at(level), place),
        Hand::Above => {
            let levels: &[Level] = match level {
                Level::Grid => &[Level::Village, Level::Town],
                Level::Village => &[Level::Town],
                Level::Town | Level::County => &[],
            };
            levels.iter().any(|&above| belongs(who, &Party::at(above), place))
        }
        Hand::Reporter => place.reporter == Some(who.staff),
    }
}

/// Whether a person may take an action with an incident that they can see.
///
/// # Errors
/// Why not.
pub fn judge(who: &Who, action: Action, case: &Case, place: &Whereabouts) -> Result<(), Denial> {
    if !possible(action, case, place) {
        let (state, level) = (case.standing.state, case.standing.level);
        return Err(Denial::Step(Refusal { action, state, level }));
    }
    let row = |right: &&Right| right.action == action && right.roles.contains(&who.role);
    let mut rows = RIGHTS.iter().filter(row).peekable();
    if rows.peek().is_none() || !rows.any(|right| right.hands.iter().any(|&hand| stands(who, hand, case, place))) {
        return Err(Denial::NotYours);
    }
    if matches!(action, A::Check | A::Close) && case.handlers.contains(&who.staff) {
        return Err(Denial::OwnWork);
    }
    Ok(())
}

/// Whether an action is possible where a case stands, by whomever.
fn possible(action: Action, case: &Case, place: &Whereabouts) -> bool {
    let returns_an_offer = action == A::Return && matches!(case.standing.state, State::Reported | State::Verified);
    if action == A::Undo || returns_an_offer {
        return case.is_offered();
    }
    let Ok(to) = next(Some(case.standing), action) else { return false };
    let lies = match to.level {
        Level::Grid => place.grid.is_some(),
        Level::Village => place.village.is_some(),
        Level::Town | Level::County => true,
    };
    // What was handed over can be taken on once.
    let unhanded = case.offered.is_none()
        && matches!((case.standing.state, action), (State::Dispatched, A::Start) | (State::Referred, A::Accept));
    let alert = action != A::Acknowledge || (place.alert && case.acknowledged_at.is_none());
    lies && !(action == A::Extend && case.extended) && !unhanded && alert
}

/// An action that a person may take now, and what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// What.
    pub action: Action,
    /// What must come with it.
    pub needs: Needs,
}

/// Everything that a person may do with an incident where it stands, in the order of an incident's life.
pub fn offers(who: &Who, case: &Case, place: &Whereabouts) -> Vec<Offer> {
    Action::VARIANTS
        .iter()
        .filter(|&&action| action != A::Report && judge(who, action, case, place).is_ok())
        .map(|&action| Offer { action, needs: Needs::of(action) })
        .collect()
}

/// Every action that somebody could take where it stands: what a refusal tells.
pub fn possibilities(case: &Case, place: &Whereabouts) -> Vec<Action> {
    let by_people = |action: &Action| RIGHTS.iter().any(|right| right.action == *action) && *action != A::Report;
    Action::VARIANTS.iter().copied().filter(by_people).filter(|action| possible(*action, case, place)).collect()
}

/// The states that an action is possible in, at some level.
pub fn states(action: Action) -> Vec<State> {
    let levels = [Level::Grid, Level::Village, Level::Town];
    let from = |state: State| {
        let offered = matches!(action, A::Undo)
            && matches!(state, State::Reported | State::Verified | State::Dispatched | State::Referred)
            || action == A::Return && matches!(state, State::Reported | State::Verified);
        offered || levels.iter().any(|&level| next(Some(super::Standing { state, level }), action).is_ok())
    };
    State::VARIANTS.iter().copied().filter(|&state| from(state)).collect()
}

/// The table as the manual has it: Markdown, a row an action, with the states it is possible in and who may take it, standing
/// how to the incident.
pub fn manual() -> String {
    let mut out = String::from("| action | possible when | who, and standing how |\n|---|---|---|\n");
    for &action in Action::VARIANTS {
        let rows: Vec<String> = RIGHTS.iter().filter(|right| right.action == action).map(told).collect();
        let who = match (action, rows.is_empty()) {
            (A::Record, _) => "the import of past incidents".to_owned(),
            (_, true) => "the system".to_owned(),
            _ => rows.join("; "),
        };
        let states = states(action);
        let open = State::VARIANTS.iter().copied().filter(|state| state.is_open()).collect::<Vec<_>>();
        let when = match states.len() {
            0 => "new".to_owned(),
            _ if states == open => "open".to_owned(),
            _ => states.iter().map(|state| state.word()).collect::<Vec<_>>().join(", "),
        };
        // Writing to a string can't fail.
        let _ = writeln!(out, "| {} | {when} | {who} |", action.word());
    }
    out
}

fn told(right: &Right) -> String {
    let roles: Vec<&str> = right.roles.iter().map(|role| role.word()).collect();
    let hands: Vec<&str> = right.hands.iter().map(|&hand| hand.word()).collect();
    format!("{} *({})*", roles.join(", "), hands.join(" or "))
}
