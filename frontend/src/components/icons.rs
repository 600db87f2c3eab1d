//! Line icons in a box of 20, drawn with the colour of the text.

use leptos::prelude::*;

/// A folded map.
pub const MAP: &str = "M2 5l5-2 6 2 5-2v12l-5 2-6-2-5 2zM7 3v12M13 5v12";
/// Lines of a list.
pub const LIST: &str = "M3 5h.01M7 5h10M3 10h.01M7 10h10M3 15h.01M7 15h10";
/// Sheets on top of each other.
pub const LAYERS: &str = "M10 2.5l8 4.2-8 4.3-8-4.3zM2.5 10.3L10 14.3l7.5-4M2.5 13.7L10 17.7l7.5-4";
/// A triangle, a circle and their names.
pub const LEGEND: &str = "M5.5 3L9 9H2zM5.5 17.2a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM12 6h6M12 14.5h6";
/// A question mark in a circle.
pub const HELP: &str =
    "M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM7.7 7.6a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.3 1-1.3 1.9M10 14.2h.01";
/// The sun.
pub const SUN: &str = "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6L16 16M16 4l-1.4 1.4M5.4 14.6L4 16";
/// The moon.
pub const MOON: &str = "M16.8 12.4A7.3 7.3 0 0 1 7.6 3.2a7.3 7.3 0 1 0 9.2 9.2z";
/// A frame around the whole.
pub const WHOLE: &str = "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M7.5 10a2.5 2.5 0 1 0 5 0 2.5 2.5 0 0 0-5 0z";
/// A cross.
pub const CLOSE: &str = "M5 5l10 10M15 5L5 15";
/// A target.
pub const TARGET: &str = "M10 15a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10 1.5V5M10 15v3.5M1.5 10H5M15 10h3.5";
/// A pin in the ground.
pub const PIN: &str =
    "M10 18s5.5-5.6 5.5-10a5.5 5.5 0 1 0-11 0c0 4.4 5.5 10 5.5 10zM10 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z";
/// A camera on its bracket.
pub const CAMERA: &str = "M2.5 6.5h11v6h-11zM13.5 8.5l4-2v6l-4-2zM5 12.5V16h3";

/// A magnifying glass.
pub const SEEK: &str = "M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM12.6 12.6L17.5 17.5";
/// Four fields.
pub const FIELDS: &str = "M3 3h14v14H3zM3 10h14M10 3v14";
/// Head and shoulders.
pub const PERSON: &str = "M10 10a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM3 17.5c.6-3.6 3.4-5.4 7-5.4s6.4 1.8 7 5.4";
/// A bell.
pub const BELL: &str = "M10 2.5a5 5 0 0 0-5 5c0 5-2 6-2 7h14c0-1-2-2-2-7a5 5 0 0 0-5-5zM8 17.2a2.2 2.2 0 0 0 4 0";
/// A bell that is struck through.
pub const BELL_OFF: &str =
    "M10 2.5a5 5 0 0 0-5 5c0 5-2 6-2 7h14c0-1-2-2-2-7a5 5 0 0 0-5-5zM8 17.2a2.2 2.2 0 0 0 4 0M3 2.5l14 15";
/// A small arrow downwards.
pub const DOWN: &str = "M6 8l4 4 4-4";

/// The icon with this path.
pub fn icon(path: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
    .into_any()
}
