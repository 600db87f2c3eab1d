//! An incident's sign: shape tells severity, filling tells whether someone has taken it on, a dashed ring lateness.

use geodata::incident::Severity;
use leptos::prelude::*;

/// Octagon, triangle, diamond, circle, in a box from −12 to 12.
const SHAPES: [&str; 4] = [
    "M-3.9-9.4H3.9L9.4-3.9V3.9L3.9 9.4H-3.9L-9.4 3.9V-3.9Z",
    "M0-10L10 8H-10Z",
    "M0-9.5L9.5 0 0 9.5-9.5 0Z",
    "M-7.5 0A7.5 7.5 0 1 0 7.5 0 7.5 7.5 0 1 0-7.5 0Z",
];
const DIGITS: [&str; 4] = ["1", "2", "3", "4"];
const CLASSES: [&str; 4] = ["sym s1", "sym s2", "sym s3", "sym s4"];

fn index(severity: Severity) -> usize {
    usize::from(severity.number()).clamp(1, 4) - 1
}

/// The severity's digit, as a word of tables of text.
pub fn digit(severity: Severity) -> &'static str {
    DIGITS[index(severity)]
}

/// The sign. `late` may change with time.
pub fn symbol(severity: Severity, taken: bool, late: impl Fn() -> bool + Send + 'static) -> AnyView {
    view! {
        <svg class=CLASSES[index(severity)] class:hollow=!taken class:late=move || late() viewBox="-13 -13 26 26" aria-hidden="true">
            <path d=SHAPES[index(severity)]></path>
            <circle r="12"></circle>
        </svg>
    }
    .into_any()
}
