//! The town in figures, each with its unit and what it compares with.

use super::{Page, Say};
use crate::format::{self, Span};
use crate::state::remote::Remote;
use geodata::wire::Totals;
use leptos::prelude::*;

/// One figure.
struct Figure {
    label: &'static str,
    number: String,
    unit: &'static str,
    note: String,
    bad: bool,
}

/// The strip over the foot of the map.
pub fn strip(page: Page, say: Say) -> AnyView {
    let state = page.figures.state();
    let figures = move || -> AnyView {
        match state.get() {
            Remote::Ready(totals) => figures(&totals, say).map(figure).collect_view().into_any(),
            // The place is kept, so that nothing jumps when the figures come.
            _ => (0..6)
                .map(|_| view! { <div class="figure skeleton"><i></i><i></i></div> }.into_any())
                .collect_view()
                .into_any(),
        }
    };
    // Where it is wider than the screen, who has no fingers on it scrolls it by keys.
    let reached = super::small_screen().then_some("0");
    view! { <section class="strip" tabindex=reached aria-label=say.w.figures>{move || figures()}</section> }.into_any()
}

fn figure(figure: Figure) -> AnyView {
    let Figure { label, number, unit, note, bad } = figure;
    view! {
        <div class="figure" class:bad=bad>
            <small>{label}</small>
            <b>{number}</b>
            <em>{unit}</em>
            <span>{note}</span>
        </div>
    }
    .into_any()
}

fn figures(totals: &Totals, say: Say) -> [Figure; 6] {
    let w = say.w;
    let plain = |label, number, note| Figure { label, number, unit: "", note, bad: false };
    let median = |label, minutes: Option<f64>| {
        let (number, unit) = minutes.map_or(("—".to_owned(), ""), |m| format::measure(m, w));
        Figure { label, number, unit, note: w.figure_median.to_owned(), bad: false }
    };
    let late = match totals.longest_overdue_minutes.filter(|_| totals.overdue > 0) {
        Some(minutes) => w.figure_overdue_than(&Span::of(minutes).say(w)),
        None => w.figure_overdue_none.to_owned(),
    };
    let on_time = totals.on_time.map_or(("—".to_owned(), ""), |share| (percent(share), "%"));
    [
        plain(
            w.figure_open,
            format::count(totals.open),
            w.figure_open_than(&format::signed(totals.open - totals.open_yesterday)),
        ),
        plain(w.figure_today, format::count(totals.today), w.figure_today_than(&format::tenth(totals.daily_mean))),
        Figure {
            label: w.figure_overdue,
            number: format::count(totals.overdue),
            unit: "",
            note: late,
            bad: totals.overdue > 0,
        },
        median(w.figure_accept, totals.accept_minutes),
        median(w.figure_close, totals.close_minutes),
        Figure {
            label: w.figure_on_time,
            number: on_time.0,
            unit: on_time.1,
            note: w.figure_30_days.to_owned(),
            bad: false,
        },
    ]
}

/// A share as a percentage with one decimal, never rounded up to a hundred.
fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).floor();
    if tenths >= 1_000.0 { "100".to_owned() } else { format::fixed(tenths / 10.0, 1) }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_short_of_all_is_not_called_all() {
        assert_eq!([0.9415, 0.999_9, 1.0, 0.0, 0.5].map(percent), ["94.1", "99.9", "100", "0.0", "50.0"]);
    }
}
