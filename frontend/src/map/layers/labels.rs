//! Labels: which stand where at a zoom, and drawing them.

use crate::map::crowd::Crowd;
use crate::map::palette::Palette;
use crate::map::sprites::{Sprite, Sprites, Style};
use crate::map::surface::Pen;
use crate::map::town::{Area, Town};
use crate::model::{Lang, Layers, Target};
use geodata::cluster::Layout;
use geodata::label::{Rank, Rect, Wish, place};
use geodata::mercator::{Sheet, Unit};
use geodata::symbol::disc_radius;
use geodata::town::{GridCode, Name, PlaceKind, VillageCode};
use std::rc::Rc;

/// Names of places are shown from here on, of hamlets a level later.
const PLACES_FROM: f64 = 14.5;
/// More symbols than this are not avoided: where all is symbols, there is nowhere to go.
const AVOIDED: usize = 4_000;

/// Where a village's name may stand when its middle is taken, the best first: widths across, heights down.
const AROUND: [(f64, f64); 14] = [
    (0.0, -1.0),
    (0.0, 1.0),
    (-1.0, 0.0),
    (1.0, 0.0),
    (-1.0, -1.0),
    (1.0, -1.0),
    (-1.0, 1.0),
    (1.0, 1.0),
    (0.0, -2.0),
    (0.0, 2.0),
    (-1.0, 2.0),
    (1.0, 2.0),
    (0.0, -3.0),
    (0.0, 3.0),
];

/// A label that has its place.
pub struct Label {
    at: Unit,
    /// Pixels from there to the label's middle.
    offset: (f64, f64),
    sprite: Rc<Sprite>,
    /// Its box about `at`, pixels.
    rect: Rect,
    /// The village it names, where it names one.
    pub village: Option<VillageCode>,
    /// The mark of a place, which stands at `at` itself.
    mark: Option<Rc<Sprite>>,
}

/// All that decides which labels stand where.
pub struct Request<'a> {
    /// The town.
    pub town: &'a Town,
    /// The incidents, which labels avoid.
    pub crowd: &'a Crowd,
    /// As they are grouped at this zoom.
    pub layout: &'a Layout,
    /// Pixels a unit.
    pub scale: f64,
    /// Which layers are on.
    pub layers: Layers,
    /// In which language.
    pub lang: Lang,
    /// What is selected.
    pub selected: Option<&'a Target>,
}

struct Draft {
    at: Unit,
    spots: Vec<(f64, f64)>,
    sprite: Rc<Sprite>,
    rank: Rank,
    village: Option<VillageCode>,
    mark: Option<Rc<Sprite>>,
}

/// Finds a place for every label that can have one.
pub fn arrange(request: &Request, sprites: &mut Sprites) -> Vec<Label> {
    let world = Sheet { scale: request.scale, left: 0.0, top: 0.0, width: 0.0, height: 0.0 };
    let mut drafts = Vec::new();
    if request.layers.villages {
        drafts.extend(request.town.villages.iter().filter_map(|v| village(request, v, sprites)));
    }
    if request.layers.grids {
        // All or the chosen one: a number here and there says nothing.
        let room = sprites.palette.grid_type * 6.5;
        let roomy = request.town.grids.iter().filter(|g| span(g) * request.scale >= room).count();
        let all = roomy * 2 >= request.town.grids.len();
        drafts.extend(request.town.grids.iter().filter_map(|g| grid(request, &world, g, all, sprites)));
    }
    if request.layers.ground && world.zoom() >= PLACES_FROM {
        drafts.extend(places(request, &world, sprites));
    }
    let ratio = sprites.ratio;
    let size = |sprite: &Sprite| (sprite.width / ratio, sprite.height / ratio);
    let rect = |d: &Draft, (dx, dy): (f64, f64)| {
        let ((x, y), (w, h)) = (world.place(d.at), size(&d.sprite));
        Rect::about(x + dx, y + dy, w, h)
    };
    let wish = |d: &Draft| Wish {
        rank: d.rank,
        spots: d.spots.iter().map(|s| rect(d, *s)).collect(),
        yields: !matches!(d.rank, Rank::Village | Rank::ChosenGrid),
    };
    let wishes: Vec<Wish> = drafts.iter().map(wish).collect();
    let answer = place(&wishes, &symbols(request, &world, &sprites.palette));
    let placed = drafts.into_iter().zip(answer).filter_map(|(d, spot)| spot.map(|s| (d, s)));
    placed
        .map(|(d, spot)| {
            let offset = d.spots[spot];
            let (w, h) = size(&d.sprite);
            let rect = Rect::about(offset.0, offset.1, w, h);
            Label { at: d.at, offset, sprite: d.sprite, rect, village: d.village, mark: d.mark }
        })
        .collect()
}

fn text(name: &Name, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &name.zh,
        Lang::En => &name.en,
    }
}

fn village(request: &Request, village: &Area<VillageCode>, sprites: &mut Sprites) -> Option<Draft> {
    let chosen = matches!(request.selected, Some(Target::Village(code)) if *code == village.code);
    let style = if chosen { Style::ChosenVillage } else { Style::Village };
    let name = text(&village.name, request.lang);
    let room = (village.bounds.max.x - village.bounds.min.x) * request.scale * sprites.ratio;
    let whole = sprites.text(style, name)?;
    // Every label of this kind is a village: where room is short, the word goes before the label does.
    let sprite = match name.strip_suffix(" Village") {
        Some(short) if whole.width > room * 0.5 => sprites.text(style, short)?,
        _ => whole,
    };
    let (step, aside) = (sprite.height / sprites.ratio * 0.9, sprite.width / sprites.ratio * 0.55);
    let around = AROUND.map(|(across, down)| (across * aside, down * step));
    let world = Sheet { scale: request.scale, left: 0.0, top: 0.0, width: 0.0, height: 0.0 };
    let (x, y) = world.place(village.label);
    let inside = |&(dx, dy): &(f64, f64)| village.holds(world.unplace(x + dx, y + dy));
    let spots = std::iter::once((0.0, 0.0)).chain(around.into_iter().filter(inside)).collect();
    Some(Draft {
        at: village.label,
        spots,
        sprite,
        rank: Rank::Village,
        village: Some(village.code.clone()),
        mark: None,
    })
}

/// The lesser side of a grid's box, units.
fn span(grid: &Area<GridCode>) -> f64 {
    (grid.bounds.max.x - grid.bounds.min.x).min(grid.bounds.max.y - grid.bounds.min.y)
}

/// A grid's number, where its outline has room for it all around; unless `all` are shown, only the selected one's.
fn grid(request: &Request, world: &Sheet, grid: &Area<GridCode>, all: bool, sprites: &mut Sprites) -> Option<Draft> {
    let chosen = matches!(request.selected, Some(Target::Grid(code)) if *code == grid.code);
    let style = if chosen { Style::ChosenGrid } else { Style::Grid };
    if !all && !chosen {
        return None;
    }
    let sprite = sprites.text(style, grid.code.sequence())?;
    let (w, h) = (sprite.width / sprites.ratio, sprite.height / sprites.ratio);
    let fits = |dx: f64, dy: f64| {
        let (x, y) = world.place(grid.label);
        let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        corners.iter().all(|(a, b)| grid.holds(world.unplace(x + dx + a * w / 2.0, y + dy + b * h / 2.0)))
    };
    let spots = [(0.0, 0.0), (0.0, -h * 1.2), (0.0, h * 1.2), (-w, 0.0), (w, 0.0)];
    let spots: Vec<_> = spots.into_iter().filter(|(dx, dy)| chosen || fits(*dx, *dy)).collect();
    let rank = if chosen { Rank::ChosenGrid } else { Rank::Grid };
    (!spots.is_empty()).then_some(Draft { at: grid.label, spots, sprite, rank, village: None, mark: None })
}

fn places(request: &Request, world: &Sheet, sprites: &mut Sprites) -> Vec<Draft> {
    let zoom = world.zoom();
    let from = |kind: PlaceKind| match kind {
        PlaceKind::TownHall => PLACES_FROM,
        PlaceKind::Hamlet => PLACES_FROM + 1.25,
        _ => PLACES_FROM + 0.5,
    };
    let shown = request.town.places.iter().filter(|place| zoom >= from(place.kind));
    shown
        .filter_map(|place| {
            let sprite = sprites.text(Style::Place, text(&place.name, request.lang))?;
            let mark = sprites.place(place.kind)?;
            let (w, h) = (sprite.width / sprites.ratio, sprite.height / sprites.ratio);
            let (aside, above) = (f64::midpoint(w, sprites.palette.place_type), h * 0.85);
            let spots = vec![(aside, 0.0), (-aside, 0.0), (0.0, -above), (0.0, above)];
            Some(Draft { at: place.at, spots, sprite, rank: Rank::Place, village: None, mark: Some(mark) })
        })
        .collect()
}

/// What labels should not cover.
fn symbols(request: &Request, world: &Sheet, palette: &Palette) -> Vec<Rect> {
    let layout = request.layout;
    if !request.layers.incidents || layout.groups.len() + layout.singles.len() > AVOIDED {
        return Vec::new();
    }
    let about = |at: Unit, radius: f64| {
        let ((x, y), side) = (world.place(at), radius * 2.0 * palette.symbol);
        Rect::about(x, y, side, side)
    };
    let groups = layout.groups.iter().map(|g| about(g.at, disc_radius(g.count) + 0.3));
    let singles = layout.singles.iter().map(|&i| {
        let spot = &request.crowd.spots()[i];
        about(spot.at, if spot.symbol.late { spot.symbol.ring() } else { 1.2 })
    });
    groups.chain(singles).collect()
}

/// Draws what has been arranged, on a pen that counts in device pixels.
pub fn draw(pen: &Pen, sheet: &Sheet, labels: &[Label], ratio: f64) {
    let shown = sheet.bounds(80.0);
    for label in labels.iter().filter(|label| shown.holds(label.at)) {
        let (x, y) = sheet.place(label.at);
        if let Some(mark) = &label.mark {
            mark.stamp(pen, x * ratio, y * ratio);
        }
        label.sprite.stamp(pen, (x + label.offset.0) * ratio, (y + label.offset.1) * ratio);
    }
}

/// The village whose label lies under a pixel of the sheet.
pub fn village_under<'a>(labels: &'a [Label], sheet: &Sheet, x: f64, y: f64) -> Option<&'a VillageCode> {
    labels.iter().find_map(|label| {
        let (left, top) = sheet.place(label.at);
        label.village.as_ref().filter(|_| label.rect.holds(x - left, y - top))
    })
}
