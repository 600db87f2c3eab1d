//! The point process: when and where incidents happen.
//!
//! Each category is a self-exciting point process (Mohler, Short, Brantingham, Schoenberg and Tita 2011, *Self-exciting
//! point process modeling of crime*, JASA 106(493)) with the conditional intensity
//!
//! λ(t, s) = μ(t) ν(s) + Σ κ ω exp(−ω (t − tᵢ)) φ(s − sᵢ), over the earlier incidents i of the category,
//!
//! made by its branching structure (Hawkes and Oakes 1974, J. Appl. Prob. 11(3); Ogata simulates
//! earthquakes so): a background, and for each incident
//! a Poisson number, mean κ, of further ones. μ is constant within a day and is the category's yearly rate times month,
//! weekday and hour, less the share κ that repeats make up; ν is where such things are found (at houses, each weighted by
//! its households; along roads, water, gully edges …). A repeat follows after an exponential time with mean 1/ω days and
//! lies at a normal distance: near repeats, as burglaries show them (Townsley, Homel and Chaseling 2003, *Infectious
//! burglaries*, Brit. J. Criminol. 43(3)). A repeat's hour is drawn from its category's own hours on the day that it falls
//! on.
//!
//! Disputes are published as a little over 90 a year. Theirs is the same process without repeats, given its number.

use super::haunts::Haunts;
use super::kinds::Kind;
use crate::Time;
use crate::demo::chance::{Chance, weighted};
use crate::demo::plane::{P, p};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use rand::Rng as _;
use rand_distr::{Distribution as _, Exp, Normal, Poisson};

/// Local time is 8 hours ahead of UTC all year.
pub(super) const AHEAD: TimeDelta = TimeDelta::hours(8);
/// Days before the first that are drawn as well, so that their repeats are not missing.
const WARM_UP: Days = Days::new(60);

/// Something that happened: what (an index into the kinds), when, and where on the plane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Happening {
    pub(super) kind: usize,
    pub(super) at: Time,
    pub(super) place: P,
}

/// The day of local time that a moment falls on.
pub(super) fn local_day(at: Time) -> NaiveDate {
    (at + AHEAD).date_naive()
}

/// Everything that happens from one moment to another, in no order.
pub(super) fn happenings(kinds: &[Kind], haunts: &Haunts, from: Time, to: Time, chance: &mut Chance) -> Vec<Happening> {
    let mut all = Vec::new();
    for (number, kind) in kinds.iter().enumerate().filter(|(_, k)| !k.is_dispute()) {
        let mut day = local_day(from).checked_sub_days(WARM_UP).unwrap_or(local_day(from));
        let mut pending = Vec::new();
        while day <= local_day(to) {
            for _ in 0..poisson(chance, kind.rate(day) * (1.0 - kind.repeats)) {
                let (at, place) = (moment(kind, day, chance), haunts.place(kind.haunt, chance));
                pending.push(Happening { kind: number, at, place });
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        while let Some(parent) = pending.pop() {
            for _ in 0..poisson(chance, kind.repeats) {
                pending.extend(repeat(kind, &parent, haunts, chance));
            }
            all.push(parent);
        }
    }
    all.retain(|h| h.at >= from && h.at < to);
    all.extend(disputes(kinds, haunts, from, to, chance));
    all
}

/// The disputes: their number is given, so that each is drawn by itself, its day by rejection.
fn disputes(kinds: &[Kind], haunts: &Haunts, from: Time, to: Time, chance: &mut Chance) -> Vec<Happening> {
    let weights: Vec<f64> = kinds.iter().map(|k| if k.is_dispute() { k.yearly } else { 0.0 }).collect();
    let days = (to - from).as_seconds_f64() / 86_400.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of hundreds")]
    let count = (weights.iter().sum::<f64>() * days / 365.25).round() as usize;
    let span = (to - from).num_seconds().max(1);
    let mut all = Vec::new();
    for _ in 0..count {
        let number = weighted(chance, &weights);
        let Some(kind) = kinds.get(number) else { break };
        // No season times weekday is above 4 times the mean.
        let most = kind.yearly / 365.25 * 4.0;
        let drawn = (0..400).find_map(|_| {
            let day = local_day(from + TimeDelta::seconds(chance.random_range(0..span)));
            let at = moment(kind, day, chance);
            (chance.random::<f64>() * most < kind.rate(day) && at >= from && at < to).then_some(at)
        });
        let place = haunts.place(kind.haunt, chance);
        all.extend(drawn.map(|at| Happening { kind: number, at, place }));
    }
    all
}

/// A moment on a local day, by the kind's hours.
fn moment(kind: &Kind, day: NaiveDate, chance: &mut Chance) -> Time {
    let hour = i64::try_from(weighted(chance, &kind.hours)).unwrap_or(0);
    let within = TimeDelta::seconds(hour * 3_600 + chance.random_range(0..3_600));
    (day.and_time(NaiveTime::MIN) + within).and_utc() - AHEAD
}

/// One that follows another; `None` where it would fall outside the town or before the one it follows.
fn repeat(kind: &Kind, parent: &Happening, haunts: &Haunts, chance: &mut Chance) -> Option<Happening> {
    let days = Exp::new(1.0 / kind.repeat_days).ok()?.sample(chance);
    #[expect(clippy::cast_possible_truncation, reason = "some days in seconds")]
    let later = parent.at + TimeDelta::seconds((days * 86_400.0) as i64);
    let at = (0..12).map(|_| moment(kind, local_day(later), chance)).find(|at| *at > parent.at).unwrap_or(later);
    // The mean of a two-dimensional normal distance is σ √(π/2).
    let spread = Normal::new(0.0, kind.repeat_metres / (std::f64::consts::PI / 2.0).sqrt()).ok()?;
    let place = (0..12)
        .map(|_| parent.place + p(spread.sample(chance), spread.sample(chance)))
        .find(|place| haunts.inside(*place))?;
    Some(Happening { kind: parent.kind, at, place })
}

fn poisson(chance: &mut Chance, mean: f64) -> u32 {
    // The means here are far below what u32 holds, so the largest draw does as well.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
    Poisson::new(mean).map_or(0, |law| law.sample(chance) as u32)
}
