//! Grouping symbols that would cover each other, for one zoom level.
//!
//! The grouping belongs to the world and not to the screen: it is made for all points at once, on cells whose corner is
//! the world's, so that dragging the map never regroups anything. Points are first summed up by cells of half a radius;
//! then, from the fullest cell on, each takes what lies within a radius and moves to the mean of it (greedy, as
//! supercluster does it, but over cells: its cost does not grow with how many points share a place).

use crate::incident::Severity;
use crate::mercator::{Bounds, Unit};
use crate::order::by_rank;
use crate::symbol::{Body, Symbol};

/// A point to be grouped.
#[derive(Debug, Clone, Copy)]
pub struct Spot {
    /// Where.
    pub at: Unit,
    /// How it is drawn when it stands alone.
    pub symbol: Symbol,
}

/// When points make a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// How far from its middle a group reaches, pixels.
    pub radius: f64,
    /// How many points it takes; fewer stay as they are.
    pub at_least: usize,
    /// How near to the middle of a group that has been made its disc covers what stands there, pixels: that joins it.
    pub covers: f64,
}

/// Points that are drawn as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Their mean place.
    pub at: Unit,
    /// The box that holds them.
    pub bounds: Bounds,
    /// How many.
    pub count: u32,
    /// How many of them are not over.
    pub open: u32,
    /// How many are late.
    pub late: u32,
    /// The gravest of those that are not over.
    pub worst: Option<Severity>,
    first: usize,
}

/// Every point once: in a group, or alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// The groups.
    pub groups: Vec<Group>,
    /// Those that stand alone, by index, in drawing order.
    pub singles: Vec<usize>,
    members: Vec<usize>,
    home: Vec<Option<usize>>,
}

impl Layout {
    /// The members of a group of this layout, by index.
    pub fn members(&self, group: &Group) -> &[usize] {
        &self.members[group.first..group.first + group.count as usize]
    }

    /// The group that a point is drawn in; `None` where it stands alone.
    pub fn group_of(&self, spot: usize) -> Option<&Group> {
        self.home.get(spot).copied().flatten().map(|g| &self.groups[g])
    }

    /// Groups `spots` at `scale` pixels a unit, by each rule in turn: what one leaves over goes to the next.
    ///
    /// ```
    /// use geodata::cluster::{Layout, Rule, Spot};
    /// use geodata::incident::Severity;
    /// use geodata::mercator::{Unit, pixels_per_unit};
    /// use geodata::symbol::{Body, Symbol};
    /// let symbol = Symbol { severity: Severity::ALL[1], body: Body::Filled, late: false };
    /// let spot = |lon| Spot { at: Unit::of(lon, 34.4), symbol };
    /// let spots = [spot(107.4), spot(107.4001), spot(107.5)];
    /// let pairs = [Rule { radius: 14.0, at_least: 2, covers: 14.0 }];
    /// let layout = Layout::new(&spots, pixels_per_unit(14.0), &pairs);
    /// assert_eq!((layout.groups[0].count, layout.singles.as_slice()), (2, &[2][..]));
    /// // Close enough, every one stands alone.
    /// assert_eq!(Layout::new(&spots, pixels_per_unit(19.0), &pairs).groups.len(), 0);
    /// ```
    pub fn new(spots: &[Spot], scale: f64, rules: &[Rule]) -> Self {
        let mut layout = Self { home: vec![None; spots.len()], ..Self::default() };
        let mut left: Vec<usize> = (0..spots.len()).collect();
        for rule in rules {
            let mut cells = Cells::of(spots, &left, scale, rule.radius / 2.0);
            for cell in cells.fullest_first() {
                if let Some(taken) = cells.take(cell, rule) {
                    layout.add(spots, &cells, &taken);
                }
            }
            left.retain(|&i| layout.home[i].is_none());
        }
        let order = by_rank(left.iter().map(|&i| spots[i].symbol.rank().into()));
        layout.singles = order.into_iter().map(|at| left[at]).collect();
        layout
    }

    fn add(&mut self, spots: &[Spot], cells: &Cells, taken: &[usize]) {
        let first = self.members.len();
        self.members.extend(taken.iter().flat_map(|&cell| cells.points(cell)));
        let members = &self.members[first..];
        for &i in members {
            self.home[i] = Some(self.groups.len());
        }
        let symbols = || members.iter().map(|&i| spots[i].symbol);
        let open = symbols().filter(|s| s.body != Body::Ended);
        let (at, _) = cells.middle(taken);
        self.groups.push(Group {
            at: Unit { x: at.0 / cells.scale, y: at.1 / cells.scale },
            bounds: Bounds::around(members.iter().map(|&i| spots[i].at)),
            count: count(members.len()),
            open: count(open.clone().count()),
            late: count(symbols().filter(|s| s.late).count()),
            worst: open.map(|s| s.severity).min(),
            first,
        });
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// One cell of the world that holds points.
struct Cell {
    key: u64,
    /// Range in the cells' order.
    start: usize,
    end: usize,
    /// Sums of world pixels.
    x: f64,
    y: f64,
    taken: bool,
}

impl Cell {
    #[expect(clippy::cast_precision_loss, reason = "counts of points stay far below 2^52")]
    fn weight(&self) -> f64 {
        (self.end - self.start) as f64
    }

    fn middle(&self) -> (f64, f64) {
        (self.x / self.weight(), self.y / self.weight())
    }
}

/// All cells that hold points, by rows from the north-west.
struct Cells {
    filled: Vec<Cell>,
    order: Vec<(u64, usize)>,
    side: f64,
    scale: f64,
}

/// The cell's number along one axis.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates at the world's edges")]
fn number(pixels: f64, side: f64) -> u64 {
    u64::from((pixels / side) as u32)
}

impl Cells {
    fn of(spots: &[Spot], which: &[usize], scale: f64, side: f64) -> Self {
        let key = |at: Unit| number(at.y * scale, side) << 32 | number(at.x * scale, side);
        let mut order: Vec<(u64, usize)> = which.iter().map(|&i| (key(spots[i].at), i)).collect();
        order.sort_unstable();
        let mut cells: Vec<Cell> = Vec::new();
        for (n, &(key, i)) in order.iter().enumerate() {
            let (x, y) = (spots[i].at.x * scale, spots[i].at.y * scale);
            match cells.last_mut().filter(|cell| cell.key == key) {
                Some(cell) => {
                    cell.end = n + 1;
                    cell.x += x;
                    cell.y += y;
                }
                None => cells.push(Cell { key, start: n, end: n + 1, x, y, taken: false }),
            }
        }
        Self { filled: cells, order, side, scale }
    }

    fn fullest_first(&self) -> Vec<usize> {
        by_rank(self.filled.iter().map(|cell| u64::MAX - (cell.end - cell.start) as u64))
    }

    fn points(&self, cell: usize) -> impl Iterator<Item = usize> + '_ {
        let cell = &self.filled[cell];
        self.order[cell.start..cell.end].iter().map(|&(_, i)| i)
    }

    /// The mean place of these cells' points, world pixels, and how many there are.
    fn middle(&self, which: &[usize]) -> ((f64, f64), f64) {
        let sum = which.iter().fold((0.0, 0.0, 0.0), |(x, y, n), &i| {
            let cell = &self.filled[i];
            (x + cell.x, y + cell.y, n + cell.weight())
        });
        ((sum.0 / sum.2, sum.1 / sum.2), sum.2)
    }

    /// Cells not taken yet whose middle lies within `radius` of a place.
    fn near(&self, (x, y): (f64, f64), radius: f64) -> Vec<usize> {
        let mut found = Vec::new();
        let (left, right) = (number(x - radius, self.side), number(x + radius, self.side));
        for row in number(y - radius, self.side)..=number(y + radius, self.side) {
            let first = self.filled.partition_point(|cell| cell.key < (row << 32 | left));
            let in_row = self.filled[first..].iter().take_while(|cell| cell.key <= (row << 32 | right));
            for (i, cell) in in_row.enumerate().filter(|(_, cell)| !cell.taken) {
                let middle = cell.middle();
                if (middle.0 - x).hypot(middle.1 - y) <= radius {
                    found.push(first + i);
                }
            }
        }
        found
    }

    /// The cells that a seed gathers, where they hold enough points; they are taken from now on.
    fn take(&mut self, seed: usize, rule: &Rule) -> Option<Vec<usize>> {
        if self.filled[seed].taken {
            return None;
        }
        let mut gathered = self.near(self.filled[seed].middle(), rule.radius);
        let points: usize = gathered.iter().map(|&i| self.filled[i].end - self.filled[i].start).sum();
        if points < rule.at_least {
            return None;
        }
        let (middle, _) = self.middle(&gathered);
        self.mark(&gathered);
        // The group stands at its mean, which is not its seed: what now lies under it joins.
        let under = self.near(middle, rule.covers);
        self.mark(&under);
        gathered.extend(under);
        Some(gathered)
    }

    fn mark(&mut self, which: &[usize]) {
        for &i in which {
            self.filled[i].taken = true;
        }
    }
}

/// Where to put `n` symbols that share a place so that each can be touched: on a circle while they are few, on a spiral
/// when they are many. Offsets in pixels, neighbours at least about `spacing` apart.
///
/// ```
/// let fan = geodata::cluster::fan(4, 24.0);
/// assert_eq!(fan.len(), 4);
/// assert!(fan.iter().all(|(x, y)| x.hypot(*y) >= 24.0));
/// ```
pub fn fan(n: usize, spacing: f64) -> Vec<(f64, f64)> {
    const ON_CIRCLE: usize = 9;
    let turn = std::f64::consts::TAU;
    let polar = |radius: f64, angle: f64| (radius * angle.sin(), -radius * angle.cos());
    if n <= ON_CIRCLE {
        let around = f64::from(count(n));
        let radius = (spacing * around / turn).max(spacing * 1.2);
        return (0..count(n)).map(|i| polar(radius, f64::from(i) * turn / around)).collect();
    }
    let mut angle = 0.0_f64;
    (0..n)
        .map(|_| {
            let radius = spacing * (1.4 + angle / turn);
            let at = polar(radius, angle);
            angle += spacing * 1.05 / radius;
            at
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mercator::pixels_per_unit;
    use proptest::prelude::*;

    const RULES: [Rule; 2] =
        [Rule { radius: 56.0, at_least: 6, covers: 40.0 }, Rule { radius: 14.0, at_least: 2, covers: 18.0 }];

    fn spot() -> impl Strategy<Value = Spot> {
        let body = prop::sample::select(vec![Body::Ended, Body::Filled, Body::Hollow]);
        // Coarse places, so that many coincide.
        (0_i32..400, 0_i32..300, 0_usize..4, body, any::<bool>()).prop_map(|(x, y, severity, body, late)| Spot {
            at: Unit::of(107.40 + f64::from(x) * 2e-4, 34.36 + f64::from(y) * 2e-4),
            symbol: Symbol { severity: Severity::ALL[severity], body, late: late && body != Body::Ended },
        })
    }

    proptest! {
        #[test]
        fn every_point_is_in_exactly_one_place(
            spots in proptest::collection::vec(spot(), 0..300), zoom in 10.0..19.0,
        ) {
            let layout = Layout::new(&spots, pixels_per_unit(zoom), &RULES);
            let mut seen = vec![0; spots.len()];
            layout.singles.iter().for_each(|&i| seen[i] += 1);
            for group in &layout.groups {
                let members = layout.members(group);
                prop_assert!(members.len() >= 2 && members.len() == group.count as usize);
                for &i in members {
                    seen[i] += 1;
                    prop_assert!(group.bounds.holds(spots[i].at));
                    prop_assert_eq!(layout.group_of(i), Some(group));
                }
                let late = members.iter().filter(|&&i| spots[i].symbol.late).count();
                prop_assert_eq!(late, group.late as usize);
                let worst = members.iter().map(|&i| spots[i].symbol).filter(|s| s.body != Body::Ended).map(|s| s.severity).min();
                prop_assert_eq!(worst, group.worst);
            }
            prop_assert!(seen.iter().all(|&n| n == 1));
            prop_assert!(layout.singles.iter().all(|&i| layout.group_of(i).is_none()));
        }

        /// Nothing in the input says where the screen is; what else could regroup points while the map is dragged is
        /// the order in which they come.
        #[test]
        fn groups_do_not_depend_on_the_order_of_points(
            spots in proptest::collection::vec(spot(), 1..200), zoom in 10.0..19.0, turn in 0_usize..200,
        ) {
            let scale = pixels_per_unit(zoom);
            let mut turned = spots.clone();
            turned.rotate_left(turn % spots.len());
            let sizes = |layout: &Layout| {
                let mut v: Vec<(u32, u64)> =
                    layout.groups.iter().map(|g| (g.count, (g.bounds.min.x * 1e12).round().to_bits())).collect();
                v.sort_unstable();
                v
            };
            prop_assert_eq!(sizes(&Layout::new(&spots, scale, &RULES)), sizes(&Layout::new(&turned, scale, &RULES)));
        }

        /// What stays alone is not covered: no two singles nearer than the last rule's radius.
        #[test]
        fn singles_keep_their_distance(spots in proptest::collection::vec(spot(), 0..300), zoom in 10.0..19.0) {
            let scale = pixels_per_unit(zoom);
            let layout = Layout::new(&spots, scale, &RULES);
            let px = |i: usize| (spots[i].at.x * scale, spots[i].at.y * scale);
            for (n, &i) in layout.singles.iter().enumerate() {
                for &j in &layout.singles[n + 1..] {
                    let (a, b) = (px(i), px(j));
                    prop_assert!((a.0 - b.0).hypot(a.1 - b.1) > 14.0 - 1e-6, "{a:?} {b:?}");
                }
            }
        }

        #[test]
        fn fanned_symbols_can_each_be_touched(n in 1_usize..80) {
            let fan = fan(n, 24.0);
            prop_assert_eq!(fan.len(), n);
            for (i, a) in fan.iter().enumerate() {
                for b in &fan[i + 1..] {
                    prop_assert!((a.0 - b.0).hypot(a.1 - b.1) > 20.0, "{a:?} {b:?}");
                }
            }
        }
    }
}
