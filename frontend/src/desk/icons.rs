//! The desk's own icons, beside those of [`crate::components::icons`]. Line icons in a box of 20.

/// A sheet with lines: work.
pub const WORK: &str = "M5 2.5h10v15H5zM8 6.5h4M8 10h4M8 13.5h2";
/// A sheet with a plus: a new report.
pub const REPORT: &str = "M11.5 17.5H4.5v-15h11v8M7.5 6.5h5M7.5 10h3M15 12.5v6M12 15.5h6";
/// A wheel: administration.
pub const ADMIN: &str = "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM10 1.8v2.7M10 15.5v2.7M1.8 10h2.7M15.5 10h2.7M4.2 4.2l1.9 1.9M13.9 13.9l1.9 1.9M15.8 4.2l-1.9 1.9M6.1 13.9l-1.9 1.9";
/// A sheet of a calendar: who is on duty.
pub const ROSTER: &str = "M3 4.5h14v13H3zM3 8.5h14M7 2.5v4M13 2.5v4M6.5 12h3M6.5 14.8h6";
/// A shield: audit.
pub const AUDIT: &str = "M10 2l6.5 2.5v5c0 4-2.7 7-6.5 8.5-3.8-1.5-6.5-4.5-6.5-8.5v-5zM7 10l2.2 2.2L13.2 8";
/// An arrow to the left.
pub const BACK: &str = "M12 4.5L6.5 10l5.5 5.5";
/// An arrow to the right.
pub const ON: &str = "M8 4.5l5.5 5.5L8 15.5";
/// A plus.
pub const PLUS: &str = "M10 4v12M4 10h12";
/// A magnifying glass.
pub const SEARCH: &str = "M8.7 14.4a5.7 5.7 0 1 0 0-11.4 5.7 5.7 0 0 0 0 11.4zM13 13l4.5 4.5";
/// An eye.
pub const EYE: &str = "M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10zM10 12.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8z";
/// An eye, struck through.
pub const EYE_SHUT: &str = "M3 3l14 14M7.9 4.8A8 8 0 0 1 10 4.5c5.5 0 8.5 5.5 8.5 5.5a14 14 0 0 1-2.6 3.2M5.3 5.9A13.5 13.5 0 0 0 1.5 10S4.5 15.5 10 15.5a8 8 0 0 0 4-1.1";
/// An arrow downwards into a tray.
pub const DOWNLOAD: &str = "M10 2.5v10M6 9l4 4 4-4M3 14.5v3h14v-3";
/// Three dots.
pub const DOTS: &str = "M4.5 10h.01M10 10h.01M15.5 10h.01";
/// Two sheets: copy.
pub const COPY: &str = "M7 7h9.5v10.5H7zM4 13.5V2.5h9";
/// A screen on its stand.
pub const SCREEN: &str = "M2.5 3.5h15v10h-15zM7 17h6M10 13.5V17";
/// A telephone in the hand.
pub const PHONE: &str = "M5.5 2h9v16h-9zM9 15.5h2";
/// A pencil.
pub const PENCIL: &str = "M3.5 16.5l.8-3.6L13.6 3.6l2.8 2.8L7.1 15.7zM11.8 5.4l2.8 2.8";
