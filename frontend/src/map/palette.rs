//! Colours and sizes of the canvas layers, read from the style sheet's tokens: the map defines none of its own.

use geodata::incident::Severity;
use leptos::logging::warn;
use web_sys::{CssStyleDeclaration, Element, Window};

macro_rules! palette {
    ($(#[$doc:meta] $colour:ident = $token:literal,)+) => {
        /// The tokens as they stand in the present theme. Sizes are CSS pixels.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Palette {
            $(#[$doc] pub $colour: String,)+
            /// Of severities 1 to 4.
            pub severity: [String; 4],
            /// Of a count's classes, the palest first.
            pub shades: [String; 5],
            /// Font families.
            pub font: String,
            /// Radius of an incident's symbol.
            pub symbol: f64,
            /// Radius of a camera's ring.
            pub camera_radius: f64,
            /// Type size of village labels.
            pub village_type: f64,
            /// Type size of grid labels, and of counts.
            pub grid_type: f64,
            /// Type size of place labels.
            pub place_type: f64,
        }

        impl Palette {
            /// Reads the tokens that hold for this element.
            pub fn read(window: &Window, element: &Element) -> Self {
                let Some(style) = window.get_computed_style(element).ok().flatten() else {
                    warn!("the style sheet's tokens could not be read");
                    return Self::default();
                };
                Self {
                    $($colour: text(&style, $token),)+
                    severity: ["--s1", "--s2", "--s3", "--s4"].map(|token| text(&style, token)),
                    shades: ["--h1", "--h2", "--h3", "--h4", "--h5"].map(|token| text(&style, token)),
                    font: text(&style, "--font"),
                    symbol: pixels(&style, "--symbol", 7.5),
                    camera_radius: pixels(&style, "--camera-r", 3.5),
                    village_type: pixels(&style, "--fs-village", 13.0),
                    grid_type: pixels(&style, "--fs-grid", 11.0),
                    place_type: pixels(&style, "--fs-place", 11.0),
                }
            }
        }
    };
}

palette! {
    /// Inside the town.
    land = "--land",
    /// Behind symbols.
    panel = "--panel",
    /// Between things.
    line = "--line",
    /// Around things.
    line_2 = "--line-2",
    /// Text.
    ink = "--ink",
    /// Lesser text.
    ink_2 = "--ink-2",
    /// Least text.
    ink_3 = "--ink-3",
    /// Behind labels and symbols.
    halo = "--halo",
    /// Selection.
    accent = "--accent",
    /// Water.
    water = "--water",
    /// Gullies.
    gully = "--gully",
    /// Roads.
    road = "--road",
    /// Their casing.
    road_casing = "--road-c",
    /// Lanes.
    minor = "--minor",
    /// Buildings.
    building = "--building",
    /// Village outlines and labels.
    village = "--village",
    /// Grid outlines.
    grid = "--grid",
    /// Places.
    place = "--place",
    /// The dashed ring.
    late = "--late",
    /// A cluster's disc.
    cluster = "--cluster",
    /// The count on it.
    cluster_ink = "--cluster-ink",
    /// Cameras that give a picture.
    camera = "--camera",
    /// Cameras that don't.
    camera_off = "--camera-off",
}

impl Palette {
    /// The colour of a severity.
    pub fn of(&self, severity: Severity) -> &str {
        &self.severity[usize::from(severity.number()) - 1]
    }

    /// How much larger than on a desk everything is drawn: 1, or 2 on the wall.
    pub fn enlargement(&self) -> f64 {
        self.symbol / 7.5
    }
}

fn text(style: &CssStyleDeclaration, token: &str) -> String {
    let value = style.get_property_value(token).unwrap_or_default().trim().to_owned();
    if value.is_empty() {
        warn!("the style sheet has no {token}");
    }
    value
}

/// A token in pixels, with what to take where the style sheet has none.
pub fn pixels(style: &CssStyleDeclaration, token: &str, or: f64) -> f64 {
    let value = style.get_property_value(token).unwrap_or_default();
    value.trim().strip_suffix("px").and_then(crate::format::decimal).unwrap_or(or)
}
