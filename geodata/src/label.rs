//! Labels never fight: each is placed where it covers no other, or not at all.
//!
//! Placing is done for the whole map at one zoom, in world pixels, and not for what happens to be on screen: a label
//! does not jump when the map is dragged.

use crate::order::by_rank;
use std::collections::{HashMap, HashSet};

/// A box of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// The box of this size about a centre.
    ///
    /// ```
    /// use geodata::label::Rect;
    /// let r = Rect::about(10.0, 10.0, 4.0, 2.0);
    /// assert_eq!((r.x, r.y), (8.0, 9.0));
    /// assert!(r.meets(&Rect::about(12.0, 10.0, 4.0, 2.0)));
    /// assert!(!r.meets(&Rect::about(14.0, 10.0, 4.0, 2.0)), "touching is not meeting");
    /// ```
    pub fn about(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x: x - w / 2.0, y: y - h / 2.0, w, h }
    }

    /// Whether the two share more than an edge.
    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }

    /// How much the two share, square pixels.
    ///
    /// ```
    /// use geodata::label::Rect;
    /// assert_eq!(Rect::about(0.0, 0.0, 4.0, 4.0).shared(&Rect::about(3.0, 1.0, 4.0, 4.0)), 3.0);
    /// ```
    pub fn shared(&self, other: &Self) -> f64 {
        let across = (self.x + self.w).min(other.x + other.w) - self.x.max(other.x);
        let down = (self.y + self.h).min(other.y + other.h) - self.y.max(other.y);
        across.max(0.0) * down.max(0.0)
    }

    /// Whether the point lies inside.
    pub fn holds(&self, x: f64, y: f64) -> bool {
        x >= self.x && x <= self.x + self.w && y >= self.y && y <= self.y + self.h
    }

    /// The same box, moved.
    #[must_use]
    pub fn moved(&self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..*self }
    }
}

/// What a label names; the first is placed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// A village.
    Village,
    /// The grid that is selected or pointed at.
    ChosenGrid,
    /// Any other grid.
    Grid,
    /// A place that people steer by.
    Place,
}

/// A label that wants a place.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its rank.
    pub rank: Rank,
    /// Where it may stand, the best first.
    pub spots: Vec<Rect>,
    /// Whether it would rather be left out than stand on a symbol. One that insists takes the spot that is covered
    /// least by symbols when no other is free of labels.
    pub yields: bool,
}

/// Which of its spots each label gets; `None` is left out. Labels of one rank are placed in the order given. `symbols`
/// are what labels avoid covering.
///
/// ```
/// use geodata::label::{Rank, Rect, Wish, place};
/// let wish = |rank, x| Wish { rank, spots: vec![Rect::about(x, 0.0, 30.0, 10.0)], yields: true };
/// let wishes = [wish(Rank::Place, 0.0), wish(Rank::Village, 10.0), wish(Rank::Grid, 100.0)];
/// assert_eq!(place(&wishes, &[]), [None, Some(0), Some(0)]);
/// ```
pub fn place(wishes: &[Wish], symbols: &[Rect]) -> Vec<Option<usize>> {
    let order = by_rank(wishes.iter().map(|wish| wish.rank as u64));
    let mut marks = Shelf::default();
    for symbol in symbols {
        marks.put(*symbol);
    }
    let mut labels = Shelf::default();
    let mut answer = vec![None; wishes.len()];
    for i in order {
        let wish = &wishes[i];
        let free = |spot: &Rect| !labels.meets(spot);
        let clear = wish.spots.iter().position(|spot| free(spot) && !marks.meets(spot));
        let least = || {
            let free = (0..wish.spots.len()).filter(|&spot| free(&wish.spots[spot]));
            free.min_by(|&a, &b| marks.covered(&wish.spots[a]).total_cmp(&marks.covered(&wish.spots[b])))
        };
        let chosen = clear.or_else(|| if wish.yields { None } else { least() });
        if let Some(spot) = chosen {
            labels.put(wish.spots[spot]);
        }
        answer[i] = chosen;
    }
    answer
}

/// Boxes by the square cells that they touch.
#[derive(Debug, Default)]
struct Shelf {
    boxes: Vec<Rect>,
    cells: HashMap<(i64, i64), Vec<usize>>,
}

/// Side of a cell, pixels: about a label's width.
const CELL: f64 = 64.0;

impl Shelf {
    fn put(&mut self, r: Rect) {
        let at = self.boxes.len();
        self.boxes.push(r);
        for cell in cells(&r) {
            self.cells.entry(cell).or_default().push(at);
        }
    }

    /// How much of a box is covered; square pixels, what several cover counted for each.
    fn covered(&self, r: &Rect) -> f64 {
        let here: HashSet<usize> = cells(r).filter_map(|cell| self.cells.get(&cell)).flatten().copied().collect();
        here.iter().map(|&i| self.boxes[i].shared(r)).sum()
    }

    fn meets(&self, r: &Rect) -> bool {
        cells(r).any(|cell| self.cells.get(&cell).is_some_and(|here| here.iter().any(|&i| self.boxes[i].meets(r))))
    }
}

fn cells(r: &Rect) -> impl Iterator<Item = (i64, i64)> + use<> {
    #[expect(clippy::cast_possible_truncation, reason = "world pixels stay far below 2^63; `as` saturates")]
    let cell = |v: f64| (v / CELL).floor() as i64;
    let (left, right, top, bottom) = (cell(r.x), cell(r.x + r.w), cell(r.y), cell(r.y + r.h));
    (top..=bottom).flat_map(move |y| (left..=right).map(move |x| (x, y)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rect() -> impl Strategy<Value = Rect> {
        (-200.0..400.0_f64, -200.0..400.0_f64, 5.0..120.0_f64, 5.0..30.0_f64).prop_map(|(x, y, w, h)| Rect {
            x,
            y,
            w,
            h,
        })
    }

    fn wish() -> impl Strategy<Value = Wish> {
        let rank = prop::sample::select(vec![Rank::Village, Rank::ChosenGrid, Rank::Grid, Rank::Place]);
        (rank, proptest::collection::vec(rect(), 1..4), any::<bool>()).prop_map(|(rank, spots, yields)| Wish {
            rank,
            spots,
            yields,
        })
    }

    proptest! {
        #[test]
        fn no_two_placed_labels_overlap(wishes in proptest::collection::vec(wish(), 0..60)) {
            let placed: Vec<Rect> = place(&wishes, &[]).iter().zip(&wishes)
                .filter_map(|(spot, wish)| spot.map(|s| wish.spots[s])).collect();
            for (i, a) in placed.iter().enumerate() {
                for b in &placed[i + 1..] {
                    prop_assert!(!a.meets(b), "{a:?} {b:?}");
                }
            }
        }

        /// A label is left out only for one of its own rank or a higher one.
        #[test]
        fn nothing_gives_way_to_a_lesser_label(wishes in proptest::collection::vec(wish(), 0..60)) {
            let answer = place(&wishes, &[]);
            for (wish, _) in wishes.iter().zip(&answer).filter(|(_, spot)| spot.is_none()) {
                for spot in &wish.spots {
                    let blocked = wishes.iter().zip(&answer).any(|(other, at)| {
                        other.rank <= wish.rank && at.is_some_and(|at| other.spots[at].meets(spot))
                    });
                    prop_assert!(blocked, "left out without a reason");
                }
            }
        }

        #[test]
        fn what_yields_never_covers_a_symbol(
            wishes in proptest::collection::vec(wish(), 0..30), symbols in proptest::collection::vec(rect(), 0..30),
        ) {
            for (wish, spot) in wishes.iter().zip(place(&wishes, &symbols)) {
                if let Some(spot) = spot.filter(|_| wish.yields) {
                    prop_assert!(symbols.iter().all(|s| !s.meets(&wish.spots[spot])));
                }
            }
        }
    }

    #[test]
    fn a_village_steps_aside_for_a_symbol_but_is_never_silenced_by_it() {
        let centre = Rect::about(0.0, 0.0, 40.0, 14.0);
        let spots = vec![centre, centre.moved(0.0, -20.0)];
        let village = Wish { rank: Rank::Village, spots, yields: false };
        let on_it = Rect::about(0.0, 0.0, 12.0, 12.0);
        assert_eq!(place(std::slice::from_ref(&village), &[on_it]), [Some(1)]);
        let all_over = Rect::about(0.0, -10.0, 80.0, 80.0);
        assert_eq!(place(std::slice::from_ref(&village), &[all_over]), [Some(0)]);
        assert_eq!(place(&[village], &[all_over, on_it]), [Some(1)], "the lesser evil");
    }
}
