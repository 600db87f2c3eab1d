//! The point process: immigrants by season, weekday, hour and households, and their offspring near in space and time.

use super::super::chance::{Chance, weighted};
use super::kinds::Kind;
use super::place::Places;
use crate::Time;
use crate::place::Position;
use chrono::{NaiveDateTime, TimeDelta};
use rand::Rng as _;
use rand_distr::{Distribution as _, Exp, Poisson};

/// Mean delay from an incident to its offspring, days.
const DELAY_DAYS: f64 = 7.0;
/// Standard deviation of the distance to its offspring, metres a side.
const DISTANCE_M: f64 = 120.0;

/// One point: which kind, when, where.
pub(super) struct Point {
    pub(super) kind: usize,
    pub(super) at: Time,
    pub(super) position: Position,
}

/// Local time: the town keeps UTC+8 all the year.
pub(super) fn local(at: Time) -> NaiveDateTime {
    at.naive_utc() + TimeDelta::hours(8)
}

/// All points between two times.
pub(super) fn points(kinds: &[Kind], places: &Places, from: Time, to: Time, chance: &mut Chance) -> Vec<Point> {
    let days = (to - from).as_seconds_f64() / 86_400.0;
    let mut all = Vec::new();
    for (kind, of) in kinds.iter().enumerate().filter(|(_, k)| !k.is_dispute()) {
        // A cluster has 1 / (1 − offspring) members on average: the immigrants make up the rest of the mean.
        let immigrants = poisson(of.daily * days * (1.0 - of.offspring), chance);
        for _ in 0..immigrants {
            let Some(position) = places.draw(chance) else { continue };
            let at = time(of, from, to, chance);
            cluster(&Point { kind, at, position }, of, places, (from, to), chance, &mut all);
        }
    }
    all.extend(disputes(kinds, places, from, to, chance));
    all
}

/// The disputes: their number is given, so that each is drawn by itself.
fn disputes(kinds: &[Kind], places: &Places, from: Time, to: Time, chance: &mut Chance) -> Vec<Point> {
    let weights: Vec<f64> = kinds.iter().map(|k| if k.is_dispute() { k.daily } else { 0.0 }).collect();
    let days = (to - from).as_seconds_f64() / 86_400.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of hundreds")]
    let count = (weights.iter().sum::<f64>() * days).round() as usize;
    (0..count)
        .filter_map(|_| {
            let kind = weighted(chance, &weights);
            Some(Point { kind, at: time(&kinds[kind], from, to, chance), position: places.draw(chance)? })
        })
        .collect()
}

/// An incident with its offspring, their offspring, and so on.
fn cluster(first: &Point, of: &Kind, places: &Places, span: (Time, Time), chance: &mut Chance, all: &mut Vec<Point>) {
    let mut open = vec![(first.at, first.position)];
    while let Some((at, position)) = open.pop() {
        all.push(Point { kind: first.kind, at, position });
        for _ in 0..poisson(of.offspring, chance) {
            let days = Exp::new(1.0 / DELAY_DAYS).map_or(DELAY_DAYS, |d| d.sample(chance));
            let day = at + TimeDelta::seconds(whole(days * 86_400.0));
            let next = hour_of(of, day, chance);
            if next > at && next < span.1 {
                open.push((next, places.near(position, DISTANCE_M, chance)));
            }
        }
    }
}

/// A time between two, by the kind's season, weekday and hour (by rejection).
fn time(of: &Kind, from: Time, to: Time, chance: &mut Chance) -> Time {
    let span = (to - from).num_seconds();
    let mut at = from;
    for _ in 0..400 {
        at = from + TimeDelta::seconds(chance.random_range(0..span.max(1)));
        if chance.random::<f64>() * 12.0 < of.weight_at(local(at)) {
            break;
        }
    }
    at
}

/// Another hour of the same local day, by the kind's hours.
fn hour_of(of: &Kind, day: Time, chance: &mut Chance) -> Time {
    let midnight = local(day).date().and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(8);
    let hour = i64::try_from(weighted(chance, &of.hours)).unwrap_or(12);
    midnight + TimeDelta::hours(hour) + TimeDelta::seconds(chance.random_range(0..3_600))
}

fn poisson(mean: f64, chance: &mut Chance) -> usize {
    Poisson::new(mean).map_or(0, |d| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a Poisson number is whole and not negative"
        )]
        let n = d.sample(chance) as usize;
        n
    })
}

pub(super) fn whole(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "seconds of some weeks")]
    let n = number.round() as i64;
    n
}
