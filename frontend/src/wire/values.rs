//! Numbers, texts, lists, and the domain's own words and shapes.

use super::{Read, Tree};
use chrono::NaiveDate;
use geodata::Time;
use geodata::dispute::Side;
use geodata::incident::{Action, Alarm, Level, Party, Severity, Source, State};
use geodata::roster::{DutyPlace, DutyShift};
use geodata::town::{
    CameraOwner, CameraStatus, CategoryCode, CategoryGroup, GridCode, PlaceKind, RoadClass, Role, Slug, UnitCode,
    VillageCode, WaterKind,
};
use geodata::wire::{CollectionKind, Datum, FeatureKind, FoundKind, PhotoKind, PointKind, RowChange, Verdict, Why};
use geodata::worktime::{DayKind, MonthDay, Shift, Statute, YearState};
use geojson::{Geometry, GeometryValue, Position};
use std::collections::BTreeMap;

impl Read for String {
    fn read(from: &impl Tree) -> Option<Self> {
        from.text()
    }
}

impl Read for bool {
    fn read(from: &impl Tree) -> Option<Self> {
        from.flag()
    }
}

impl Read for f64 {
    fn read(from: &impl Tree) -> Option<Self> {
        from.number()
    }
}

impl Read for f32 {
    #[expect(clippy::cast_possible_truncation, reason = "angles and metres need no more")]
    fn read(from: &impl Tree) -> Option<Self> {
        Some(from.number()? as f32)
    }
}

impl Read for i64 {
    fn read(from: &impl Tree) -> Option<Self> {
        /// Beyond it JavaScript's numbers have gaps.
        const SAFE: f64 = 9_007_199_254_740_991.0;
        let number = from.number().filter(|n| n.fract() == 0.0 && n.abs() <= SAFE)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        Some(number as Self)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(from: &impl Tree) -> Option<Self> {
        T::read(from).map(Self::new)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(from: &impl Tree) -> Option<Self> {
        if from.is_null() { Some(None) } else { T::read(from).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(from: &impl Tree) -> Option<Self> {
        from.items()?.iter().map(T::read).collect()
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(from: &impl Tree) -> Option<Self> {
        from.names().into_iter().map(|name| T::read(&from.member(&name)).map(|value| (name, value))).collect()
    }
}

impl<T: Read, const N: usize> Read for [T; N] {
    fn read(from: &impl Tree) -> Option<Self> {
        Vec::read(from)?.try_into().ok()
    }
}

impl Read for Time {
    fn read(from: &impl Tree) -> Option<Self> {
        from.time()
    }
}

/// Types whose text is checked when it is parsed.
macro_rules! parsed {
    ($($name:ty),+ $(,)?) => { $(
        impl Read for $name {
            fn read(from: &impl Tree) -> Option<Self> {
                from.text()?.parse().ok()
            }
        }
    )+ };
}
parsed!(
    Action,
    Alarm,
    CameraOwner,
    CameraStatus,
    CategoryCode,
    CategoryGroup,
    Datum,
    DayKind,
    DutyPlace,
    DutyShift,
    FoundKind,
    GridCode,
    Level,
    MonthDay,
    NaiveDate,
    Party,
    PhotoKind,
    PlaceKind,
    RoadClass,
    Role,
    RowChange,
    Shift,
    Side,
    Slug,
    Source,
    State,
    Statute,
    UnitCode,
    Verdict,
    VillageCode,
    WaterKind,
    Why,
    YearState,
);

/// Narrower integers.
macro_rules! narrowed {
    ($($name:ty),+ $(,)?) => { $(
        impl Read for $name {
            fn read(from: &impl Tree) -> Option<Self> {
                i64::read(from)?.try_into().ok()
            }
        }
    )+ };
}
narrowed!(i16, i32, u8, u16, u32);

impl Read for Severity {
    fn read(from: &impl Tree) -> Option<Self> {
        u8::read(from)?.try_into().ok()
    }
}

/// The words that GeoJSON's objects begin with.
macro_rules! word {
    ($($kind:ident :: $word:ident),+ $(,)?) => { $(
        impl Read for $kind {
            fn read(from: &impl Tree) -> Option<Self> {
                (from.text()? == stringify!($word)).then_some(Self::$word)
            }
        }
    )+ };
}
word!(FeatureKind::Feature, CollectionKind::FeatureCollection, PointKind::Point);

impl Read for Position {
    fn read(from: &impl Tree) -> Option<Self> {
        let [lon, lat] = from.items()?[..].first_chunk::<2>().map(|pair| pair.each_ref().map(Tree::number))?;
        Some([lon?, lat?].into())
    }
}

/// The shapes that a town is made of; a height, a box or members of somebody else's are passed over.
impl Read for Geometry {
    fn read(from: &impl Tree) -> Option<Self> {
        let at = from.member("coordinates");
        let value = match from.member("type").text()?.as_str() {
            "Point" => GeometryValue::Point { coordinates: Read::read(&at)? },
            "LineString" => GeometryValue::LineString { coordinates: Read::read(&at)? },
            "MultiLineString" => GeometryValue::MultiLineString { coordinates: Read::read(&at)? },
            "Polygon" => GeometryValue::Polygon { coordinates: Read::read(&at)? },
            "MultiPolygon" => GeometryValue::MultiPolygon { coordinates: Read::read(&at)? },
            _ => return None,
        };
        Some(Self::new(value))
    }
}
