//! Where: by a press on the map, by the name of a place, or by coordinates. What follows from it is shown at once.

use super::Intake;
use crate::desk::Say;
use crate::desk::pages::incident::people_line;
use crate::desk::parts::field::{self, Choice};
use crate::desk::parts::{remote, search};
use crate::format::{self, decimal, whole};
use crate::model::TownBundle;
use crate::state::remote::Remote;
use geodata::place::Position;
use geodata::wire::PlaceInfo;
use geojson::GeometryValue;
use leptos::prelude::*;
use std::sync::Arc;

/// A position as people write it: latitude and longitude in either order where only one is possible, latitude first
/// where both are, apart by a comma or white space.
///
/// ```
/// use frontend::desk::pages::report::coordinates;
/// let of = |text| coordinates(text).map(|at| (at.lat(), at.lon()));
/// assert_eq!(of("34.41, 107.46"), Some((34.41, 107.46)));
/// assert_eq!(of("107.46，34.41"), Some((34.41, 107.46)));
/// assert_eq!(of("-12.5 30"), Some((-12.5, 30.0)));
/// assert_eq!((of("34.41"), of("慕仪村"), of("95, 200")), (None, None, None));
/// ```
pub fn coordinates(text: &str) -> Option<Position> {
    let mut parts = text.split([',', '，', ' ', ';', '；']).filter(|part| !part.is_empty());
    let (first, second) = (decimal(parts.next()?)?, decimal(parts.next()?)?);
    if parts.next().is_some() {
        return None;
    }
    let (lat, lon) = if first.abs() > 90.0 { (second, first) } else { (first, second) };
    Position::new(lon, lat).ok()
}

/// The field, and under it what follows from the place.
pub fn field(intake: Intake, say: Say) -> AnyView {
    let field = intake.form.field("position", say.d.report_where).hint(say.d.report_where_hint);
    let choices = Memo::new(move |_| {
        intake.desk.ground.bundle.with(|bundle| match bundle {
            Remote::Ready(town) => Arc::new(choices(say, town)),
            _ => Arc::default(),
        })
    });
    let typed = move |text: &str| {
        let at = coordinates(text)?;
        let key = format::position(at);
        Some(Choice { note: say.d.coordinates.to_owned(), ..Choice::new(key.clone(), key) })
    };
    let info = move || intake.position().map(|at| info(intake, say, at));
    view! {
        {search::one_or(say, field, choices.into(), intake.at, typed)}
        {move || info()}
    }
    .into_any()
}

/// Everything with a name and a place: landmarks, grids, villages, cameras.
fn choices(say: Say, town: &TownBundle) -> Vec<Choice> {
    let w = say.w;
    let choice = |lon: f64, lat: f64, text: String, note: &str| {
        let key = Position::new(lon, lat).ok().map(format::position)?;
        Some(Choice { note: note.to_owned(), ..Choice::new(key, text) })
    };
    let point = |geometry: &geojson::Geometry| match &geometry.value {
        GeometryValue::Point { coordinates } => match coordinates.as_slice() {
            [lon, lat, ..] => Some((*lon, *lat)),
            _ => None,
        },
        _ => None,
    };
    let landmarks = town.ground.places.features.iter().filter_map(|f| {
        let (lon, lat) = point(&f.geometry)?;
        choice(lon, lat, w.name(&f.properties.name).to_owned(), say.d.landmark)
    });
    let villages = town.villages.features.iter().filter_map(|f| {
        let [lon, lat] = f.properties.label;
        choice(lon, lat, w.name(&f.properties.name).to_owned(), w.village)
    });
    let grids = town.grids.features.iter().filter_map(|f| {
        let p = &f.properties;
        let village = town.villages.features.iter().find(|v| v.properties.code == p.village);
        let village = village.map(|v| w.name(&v.properties.name)).unwrap_or_default();
        choice(p.label[0], p.label[1], w.place_grid(village, p.code.sequence()), w.name(&p.name))
    });
    let cameras = town.cameras.features.iter().filter_map(|f| {
        let (lon, lat) = point(&f.geometry)?;
        choice(lon, lat, [&f.properties.code, " ", w.name(&f.properties.name)].concat(), w.camera)
    });
    landmarks.chain(villages).chain(grids).chain(cameras).collect()
}

/// What follows from a place: grid, village, who answers, a landmark; or that it lies outside.
fn info(intake: Intake, say: Say, at: Position) -> AnyView {
    let pairs = [("lon", format::trimmed(at.lon(), 6)), ("lat", format::trimmed(at.lat(), 6))];
    let desk = intake.desk;
    let info = desk.follow::<PlaceInfo>(move || desk.session.query("/api/place", &pairs));
    let shown = move || {
        remote(
            say,
            &info.state.get(),
            move || info.again(),
            |info| {
                let landmark = info
                    .landmark
                    .as_ref()
                    .map(|landmark| say.d.near_landmark(say.w.name(&landmark.name), &whole(landmark.metres)));
                if info.outside {
                    let outside = intake.form.field("outside", say.d.report_outside).hint(say.d.report_outside_hint);
                    return view! { {field::check(outside, intake.outside)} }.into_any();
                }
                let place = match (&info.village, &info.grid) {
                    (Some(village), Some(grid)) => {
                        say.w.place_grid(&intake.places.village(say, village), grid.sequence())
                    }
                    (Some(village), None) => intake.places.village(say, village),
                    _ => say.w.unknown_place.to_owned(),
                };
                let chain = info
                    .chain
                    .iter()
                    .enumerate()
                    .map(|(i, people)| people_line(say, people, (i == 0).then_some(say.d.receives_first)));
                view! {
                    <p><b>{place}</b>{landmark.map(|text| view! { <small>{text}</small> })}</p>
                    <ul class="parties">{chain.collect_view()}</ul>
                }
                .into_any()
            },
        )
    };
    view! { <div class="lies" aria-live="polite">{move || shown()}</div> }.into_any()
}
