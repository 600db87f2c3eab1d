//! What a town is: domain newtypes, wire types, state machines, geometry and statistics.
//!
//! This crate does no IO, no async and knows no clock: time is always an argument. It compiles for the
//! server and for the page alike, so that a rule is written once and both sides keep it.
//!
//! Unless a name says otherwise, coordinates are longitude and latitude in degrees, WGS 84 (EPSG:4326; CGCS2000,
//! EPSG:4490, is treated as the same for display), lengths are metres and areas square metres.

pub mod access;
pub mod bond;
pub mod category;
pub mod cluster;
pub mod coordinates;
pub mod datum;
pub mod dispute;
pub mod filter;
pub mod incident;
pub mod label;
pub mod line;
pub mod matter;
pub mod mercator;
pub mod order;
pub mod outline;
pub mod password;
pub mod photo;
pub mod place;
pub mod roster;
pub mod shade;
pub mod sight;
pub mod symbol;
pub mod town;
pub mod wire;
pub mod worktime;

#[cfg(feature = "demo")]
pub mod demo;
#[cfg(feature = "seek")]
pub mod seek;

/// A moment, always UTC on the wire and in the database.
pub type Time = chrono::DateTime<chrono::Utc>;

/// A value that breaks a rule of the domain: which field, and which rule, in both languages of the product.
///
/// Displayed as `中文 / English`, so that both survive a passage through somebody else's error type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{zh} / {en}")]
pub struct Invalid {
    /// The field's name as it stands in the request.
    pub field: &'static str,
    /// The rule that was broken, in Chinese.
    pub zh: String,
    /// The rule that was broken, in English.
    pub en: String,
}

impl Invalid {
    /// A broken rule, told in both languages.
    pub fn new(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field, zh: zh.into(), en: en.into() }
    }
}
