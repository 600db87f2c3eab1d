//! Chance, drawn from the seed alone: one stream of numbers for each stage, so that a change in one stage leaves the
//! draws of the others as they were.

use super::plane::P;
use rand::{Rng, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// The generator that every stage draws from: the same numbers on every machine.
pub(super) type Chance = ChaCha8Rng;

/// The stages that draw.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    Ground = 1,
    Hamlets,
    Mesh,
    Growth,
    Houses,
    Cameras,
    Staff,
    History,
    Simulation,
}

/// The stream of one stage of the town's draw number `attempt`.
pub(super) fn stream(seed: u64, attempt: u64, stage: Stage) -> Chance {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(attempt * 64 + stage as u64);
    chance
}

/// A number between two bounds; the lower one where they are the wrong way round.
pub(super) fn between(chance: &mut Chance, low: f64, high: f64) -> f64 {
    if low < high { chance.random_range(low..high) } else { low }
}

/// One of several; `None` of none.
pub(super) fn pick<'a, T>(chance: &mut Chance, of: &'a [T]) -> Option<&'a T> {
    if of.is_empty() { None } else { of.get(chance.random_range(0..of.len())) }
}

/// The index of one of several, as likely as its weight; 0 where all weights are nought.
pub(super) fn weighted(chance: &mut Chance, weights: &[f64]) -> usize {
    let mut left = chance.random::<f64>() * weights.iter().sum::<f64>();
    for (i, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return i;
        }
    }
    weights.iter().rposition(|&w| w > 0.0).unwrap_or(0)
}

/// Puts a list in random order (Fisher and Yates).
pub(super) fn shuffle<T>(chance: &mut Chance, list: &mut [T]) {
    for i in (1..list.len()).rev() {
        list.swap(i, chance.random_range(0..=i));
    }
}

/// Smooth value noise, −1 to 1, that turns over about once in `size` metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise(pub(super) u64);

impl Noise {
    pub(super) fn at(self, at: P, size: f64) -> f64 {
        let (x, y) = (at.x / size, at.y / size);
        let (fx, fy) = (x.floor(), y.floor());
        let ease = |t: f64| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - fx), ease(y - fy));
        let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
        mix(
            mix(self.corner(fx, fy), self.corner(fx + 1.0, fy), u),
            mix(self.corner(fx, fy + 1.0), self.corner(fx + 1.0, fy + 1.0), u),
            v,
        )
    }

    /// A fixed random number at a lattice corner (the finaliser of `SplitMix64`).
    fn corner(self, x: f64, y: f64) -> f64 {
        let mut z = self.0 ^ x.to_bits().rotate_left(17) ^ y.to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let top = u32::try_from(z >> 32).unwrap_or(0);
        f64::from(top) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}
