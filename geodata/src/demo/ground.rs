//! The bare ground: the outline, the great roads, the canal and its ditches, and the gullies that cut in from the south.

use super::chance::{Chance, Noise, between};
use super::facts::{AREA_M2, board};
use super::plane::{P, area, chaikin, dist, left, nearest, p, resample, simplify, spline, turn, unit};
use crate::town::RoadClass;
use rand::Rng as _;
use std::f64::consts::{PI, TAU};

/// A road with its name.
#[derive(Debug, Clone)]
pub(super) struct Road {
    pub(super) class: RoadClass,
    pub(super) name: Option<(String, String)>,
    pub(super) path: Vec<P>,
}

/// A gully or a branch of one: its bed from mouth to head, and its half width at each point.
#[derive(Debug, Clone)]
pub(super) struct Gully {
    /// The tree of gullies that it belongs to.
    pub(super) tree: usize,
    pub(super) bed: Vec<P>,
    pub(super) half_widths: Vec<f64>,
}

/// The trees of gullies, from west to east.
pub(super) const GULLIES: [(&str, &str); 6] = [
    ("团结沟", "Tuanjie Gully"),
    ("窑洼沟", "Yaowa Gully"),
    ("洞坡沟", "Dongpo Gully"),
    ("柳沟", "Liu Gully"),
    ("齐家沟", "Qijia Gully"),
    ("马槽沟", "Macao Gully"),
];

/// The ground before anyone lives on it.
#[derive(Debug)]
pub(super) struct Ground {
    /// A ring; the last point does not repeat the first.
    pub(super) outline: Vec<P>,
    /// Stretches of the outline that follow something: a gully's bed, a ditch.
    pub(super) roads: Vec<Road>,
    pub(super) canal: Vec<P>,
    pub(super) ditches: Vec<Vec<P>>,
    pub(super) gullies: Vec<Gully>,
    /// Where the county road meets the township road that names the town: its centre.
    pub(super) centre: P,
    fields: Noise,
    tilt: f64,
}

impl Ground {
    /// Where a point of the straight field pattern really lies: plots run nearly with the compass, and the pattern bends
    /// a little from place to place.
    pub(super) fn field(&self, flat: P) -> P {
        let bend = |shift: f64| 170.0 * self.fields.at(flat + p(shift, shift), 2_100.0);
        turn(flat, self.tilt) + p(bend(0.0), bend(31_000.0))
    }

    /// The direction of the field edges near a point, radians to the left of east.
    pub(super) fn field_angle(&self, at: P) -> f64 {
        let flat = turn(at, -self.tilt);
        let along = self.field(flat + p(60.0, 0.0)) - self.field(flat - p(60.0, 0.0));
        along.y.atan2(along.x)
    }

    /// Draws the ground.
    pub(super) fn draw(chance: &mut Chance) -> Self {
        let noise = Noise(chance.random());
        let fields = Noise(chance.random());
        let tilt = between(chance, -0.12, 0.12);
        let outline = outline(noise, chance);
        let (roads, centre) = roads(noise, chance);
        let canal = canal(noise, chance);
        let gullies = gullies(noise, chance, &outline);
        let mut ground = Self { outline, roads, canal, ditches: Vec::new(), gullies, centre, fields, tilt };
        ground.ditches = ground.lead_off(chance);
        ground
    }

    /// Ditches led off the canal to the south, along the field edges.
    fn lead_off(&self, chance: &mut Chance) -> Vec<Vec<P>> {
        let mut ditches = Vec::new();
        for start in [-2_900.0, -1_250.0, 900.0, 2_700.0] {
            let x = start + between(chance, -350.0, 350.0);
            let Some(head) = nearest(&self.canal, p(x, 1_500.0)) else { continue };
            let mut path = vec![head.point];
            let mut at = head.point;
            let reach = between(chance, 1_000.0, 2_000.0);
            let mut drift = between(chance, -0.15, 0.15);
            while dist(at, head.point) < reach {
                drift = drift * 0.6 + between(chance, -0.22, 0.22);
                let south = turn(p(0.0, -1.0), self.field_angle(at) + drift);
                at = at + south * between(chance, 130.0, 240.0);
                path.push(at);
            }
            ditches.push(chaikin(&path, 0.25, 2));
        }
        ditches
    }

    /// Everything that a border likes to follow and dislikes to cross, with how many metres a crossing costs.
    pub(super) fn lines(&self) -> Vec<(&[P], f64)> {
        let mut lines: Vec<(&[P], f64)> = Vec::new();
        lines.extend(self.gullies.iter().map(|g| (g.bed.as_slice(), 900.0)));
        lines.push((&self.canal, 420.0));
        lines.extend(self.roads.iter().map(|r| (r.path.as_slice(), crossing_cost(r.class))));
        lines.extend(self.ditches.iter().map(|d| (d.as_slice(), 180.0)));
        lines
    }
}

/// What it costs a grid to reach over a road, metres of plain field.
pub(super) fn crossing_cost(class: RoadClass) -> f64 {
    match class {
        RoadClass::County => 330.0,
        RoadClass::Township => 240.0,
        RoadClass::Village => 110.0,
        RoadClass::Lane => 30.0,
    }
}

/// The town's outline: an egg that has been pushed about, of the town's area. The mosaic breaks it into field edges later.
fn outline(noise: Noise, chance: &mut Chance) -> Vec<P> {
    let lean = between(chance, -0.25, 0.25);
    let mut controls = Vec::new();
    for i in 0..52 {
        let angle = TAU * f64::from(i) / 52.0;
        let (s, c) = angle.sin_cos();
        let on_circle = p(c, s) * 1_000.0;
        let swell = 1.0
            + 0.24 * noise.at(on_circle, 800.0)
            + 0.11 * noise.at(on_circle * 1.7, 430.0)
            + 0.05 * noise.at(on_circle * 2.3, 210.0);
        // Between an ellipse and a box, as land that was shared out by straight edges comes to be.
        let squared = (c.abs().powf(2.6) + s.abs().powf(2.6)).powf(-1.0 / 2.6);
        let at = p(4_250.0 * c, 3_000.0 * s) * (squared * swell.max(0.72));
        controls.push(p(at.x + lean * at.y, at.y));
    }
    let ring = spline(&controls, 5, true);
    let middle = super::number::centroid(&ring);
    let scale = (AREA_M2 / area(&ring)).sqrt();
    ring.into_iter().map(|q| (q - middle) * scale).collect()
}

/// A road from control to control, pushed sideways by noise, with points some 50 m apart.
fn winding(controls: &[P], noise: Noise, sway: f64) -> Vec<P> {
    let mut bent = Vec::new();
    for (i, &at) in controls.iter().enumerate() {
        let before = controls[i.saturating_sub(1)];
        let after = controls[(i + 1).min(controls.len() - 1)];
        bent.push(at + left(unit(after - before)) * (sway * noise.at(at, 1_500.0)));
    }
    simplify(&resample(&spline(&bent, 8, false), 45.0), 20.0)
}

/// The county road and the township roads; and where the first two meet.
fn roads(noise: Noise, chance: &mut Chance) -> (Vec<Road>, P) {
    let y0 = between(chance, -150.0, 250.0);
    let slope = between(chance, -0.05, 0.05);
    let across = |y: f64, slope: f64, from: f64, to: f64| -> Vec<P> {
        let n = ((to - from) / 950.0).ceil();
        (0..=10)
            .map(f64::from)
            .take_while(|&i| i <= n)
            .map(|i| from + (to - from) * i / n)
            .map(|x| p(x, y + slope * x))
            .collect()
    };
    let up = |x: f64, slope: f64, from: f64, to: f64| -> Vec<P> {
        across(x, slope, from, to).into_iter().map(|q| p(q.y, q.x)).collect()
    };
    let county = winding(&across(y0, slope, -5_800.0, 5_800.0), noise, 330.0);
    let middle = between(chance, -450.0, 250.0);
    let main = winding(&up(middle, between(chance, -0.08, 0.08), -4_700.0, 4_700.0), noise, 300.0);
    let east =
        winding(&up(between(chance, 2_050.0, 2_500.0), between(chance, -0.1, 0.1), -4_700.0, 4_700.0), noise, 320.0);
    let west =
        winding(&up(between(chance, -2_750.0, -2_300.0), between(chance, -0.1, 0.1), -4_700.0, 4_700.0), noise, 320.0);
    let edge = winding(
        &across(between(chance, -1_650.0, -1_400.0), between(chance, -0.06, 0.06), -5_600.0, 5_600.0),
        noise,
        300.0,
    );
    let centre = meet(&county, &main).unwrap_or(p(middle, y0));
    let north = winding(
        &across(between(chance, 1_750.0, 2_050.0), between(chance, -0.05, 0.05), -5_600.0, 5_600.0),
        noise,
        260.0,
    );
    let road = |class, (zh, en): (&str, &str), path| Road { class, name: Some((zh.to_owned(), en.to_owned())), path };
    let list = vec![
        road(RoadClass::County, ("慕齐路", "Muqi Road"), county),
        road(RoadClass::Township, ("慕洞路", "Mudong Road"), main),
        road(RoadClass::Township, ("东塬路", "Dongyuan Road"), east),
        road(RoadClass::Township, ("西塬路", "Xiyuan Road"), west),
        road(RoadClass::Township, ("塬边路", "Yuanbian Road"), edge),
        road(RoadClass::Township, ("渠北路", "Qubei Road"), north),
    ];
    (list, centre)
}

/// The first crossing of two paths.
pub(super) fn meet(one: &[P], other: &[P]) -> Option<P> {
    one.windows(2).find_map(|a| other.windows(2).find_map(|b| super::plane::crossing(a[0], a[1], b[0], b[1])))
}

/// The canal follows a contour of the gentle slope, so it wanders more than a road.
fn canal(noise: Noise, chance: &mut Chance) -> Vec<P> {
    let y = between(chance, 1_050.0, 1_350.0);
    let slope = between(chance, -0.06, 0.06);
    let mut controls = Vec::new();
    for i in 0..=24 {
        let x = -5_800.0 + 11_600.0 * f64::from(i) / 24.0;
        let far = p(x, 9_000.0);
        controls.push(p(x, y + slope * x + 260.0 * noise.at(far, 1_700.0) + 70.0 * noise.at(far, 520.0)));
    }
    simplify(&spline(&controls, 8, false), 25.0)
}

/// Gullies from the Wei's side northwards, each a tree of ever finer branches that narrows to its heads.
fn gullies(noise: Noise, chance: &mut Chance, outline: &[P]) -> Vec<Gully> {
    let reach = board();
    let mut list = Vec::new();
    for i in 0..GULLIES.len() {
        let spread = f64::from(u32::try_from(i).unwrap_or(0)) - 2.5;
        let mouth = p(spread * 1_500.0 + between(chance, -480.0, 480.0), -reach.y);
        let south = distance_south(outline, mouth.x);
        let into = between(chance, 500.0, if i % 2 == 0 { 1_900.0 } else { 1_150.0 });
        let width = between(chance, 34.0, 56.0);
        let heading = PI / 2.0 + between(chance, -0.2, 0.2);
        let trunk = gully(i, mouth, heading, south + reach.y + into, width, noise);
        let steps = trunk.bed.len();
        for _ in 0..chance.random_range(3..=6) {
            let at = chance.random_range(steps / 3..steps * 9 / 10);
            let side = if chance.random_bool(0.5) { 1.0 } else { -1.0 };
            let turned = heading + side * between(chance, 0.45, 0.9);
            let branch =
                gully(i, trunk.bed[at], turned, between(chance, 240.0, 760.0), trunk.half_widths[at] * 0.6, noise);
            if chance.random_bool(0.6) {
                let at = branch.bed.len() / 2;
                let back = heading - side * between(chance, 0.0, 0.5);
                let reach = between(chance, 140.0, 320.0);
                list.push(gully(i, branch.bed[at], back, reach, branch.half_widths[at] * 0.7, noise));
            }
            list.push(branch);
        }
        list.push(trunk);
    }
    list
}

/// The northing of the outline's south side at an easting; the outline's southmost where it does not reach there.
fn distance_south(outline: &[P], x: f64) -> f64 {
    let near = outline.iter().filter(|q| (q.x - x).abs() < 250.0 && q.y < 0.0).map(|q| q.y);
    let south = outline.iter().map(|q| q.y).fold(0.0, f64::min);
    near.fold(None, |least: Option<f64>, y| Some(least.map_or(y, |l| l.min(y)))).unwrap_or(south)
}

/// One gully's bed, walked upstream with a swaying heading.
fn gully(tree: usize, mouth: P, heading: f64, reach: f64, half_width: f64, noise: Noise) -> Gully {
    const STEP: f64 = 40.0;
    let (mut bed, mut half_widths) = (vec![mouth], vec![half_width]);
    let mut at = mouth;
    let mut gone = 0.0;
    while gone < reach {
        let sway = 0.8 * noise.at(at + p(7_000.0, 0.0), 480.0) + 0.45 * noise.at(at, 170.0);
        at = at + turn(p(1.0, 0.0), heading + sway) * STEP;
        gone += STEP;
        let left_over = (1.0 - gone / reach).max(0.0);
        let ragged = 1.0 + 0.35 * noise.at(at, 95.0);
        bed.push(at);
        half_widths.push((half_width * left_over.powf(0.7) * ragged).max(4.0));
    }
    Gully { tree, bed, half_widths }
}
