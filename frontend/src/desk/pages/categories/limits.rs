//! Limits: four severities by three levels, as a table to read and as one to fill in.

use crate::desk::Say;
use crate::desk::parts::form::Form;
use crate::desk::parts::left::exactly;
use crate::words;
use geodata::category::LimitTable;
use leptos::prelude::*;

const LEVELS: [&str; 3] = ["grid", "village", "town"];
const SEVERITIES: [&str; 4] = ["1", "2", "3", "4"];
/// The cells, as the server calls them.
const FIELDS: [[&str; 3]; 4] = [
    ["limits.0.0", "limits.0.1", "limits.0.2"],
    ["limits.1.0", "limits.1.1", "limits.1.2"],
    ["limits.2.0", "limits.2.1", "limits.2.2"],
    ["limits.3.0", "limits.3.1", "limits.3.2"],
];

/// What is typed into the cells.
pub type Cells = [[RwSignal<String>; 3]; 4];

/// The cells with these limits in them.
pub fn cells(limits: Option<&LimitTable>) -> Cells {
    std::array::from_fn(|severity| {
        std::array::from_fn(|level| {
            RwSignal::new(limits.map(|limits| limits[severity][level].to_string()).unwrap_or_default())
        })
    })
}

/// The limits of one severity in a line: `1 h / 2 h / 4 h`.
pub fn line(say: Say, limits: [i32; 3]) -> String {
    limits.map(|minutes| exactly(say, minutes.into())).join(" / ")
}

/// The limits that were typed. What is no number is told at its cell.
pub fn read(say: Say, form: Form, cells: Cells) -> Option<LimitTable> {
    let mut limits = LimitTable::default();
    let mut good = true;
    for (severity, row) in cells.iter().enumerate() {
        for (level, cell) in row.iter().enumerate() {
            if let Ok(minutes) = cell.with_untracked(|text| text.trim().parse()) {
                limits[severity][level] = minutes;
            } else {
                good = false;
                form.blame(FIELDS[severity][level], say.d.limit_wrong);
            }
        }
    }
    good.then_some(limits)
}

fn table(say: Say, cell: impl Fn(usize, usize) -> AnyView) -> AnyView {
    let heads = LEVELS.map(|level| view! { <th scope="col">{words::of(say.w.level, level)}</th> }.into_any());
    let rows = SEVERITIES.iter().enumerate().map(|(severity, word)| {
        let cells: Vec<_> =
            (0..LEVELS.len()).map(|level| view! { <td>{cell(severity, level)}</td> }.into_any()).collect();
        view! { <tr><th scope="row">{words::of(say.w.severity, word)}</th>{cells}</tr> }.into_any()
    });
    view! {
        <table class="limits">
            <caption class="unseen">{say.d.limits}</caption>
            <thead><tr><td></td>{heads.into_iter().collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Limits to read.
pub fn shown(say: Say, limits: &LimitTable) -> AnyView {
    table(say, |severity, level| exactly(say, limits[severity][level].into()).into_any())
}

/// Limits to fill in, in minutes; under each what that is, or what is wrong with it.
pub fn field(say: Say, form: Form, cells: Cells) -> AnyView {
    let whole = form.field("limits", say.d.limits);
    let cell = move |severity: usize, level: usize| {
        let field = form.field(FIELDS[severity][level], say.d.limits);
        let text = cells[severity][level];
        let label =
            [words::of(say.w.severity, SEVERITIES[severity]), " · ", words::of(say.w.level, LEVELS[level])].concat();
        let said = move || {
            let minutes = text.with(|text| text.trim().parse::<i32>().ok());
            minutes.filter(|minutes| *minutes >= 60).map(|minutes| exactly(say, minutes.into()))
        };
        let type_in = move |event| {
            form.mend(field.name);
            text.set(event_target_value(&event));
        };
        view! {
            <div class="field" class:wrong=move || field.invalid().is_some()>
                <input type="text" inputmode="numeric" autocomplete="off" maxlength="6" id=field.id() aria-label=label
                    aria-describedby=field.described() aria-invalid=move || field.invalid() aria-required="true"
                    prop:value=move || text.get() on:input=type_in/>
                <p class="hint" id=[&field.id(), "-hint"].concat()>{move || said()}</p>
                <p class="fault" id=[&field.id(), "-fault"].concat() role="alert">{move || form.fault(field.name)}</p>
            </div>
        }
        .into_any()
    };
    view! {
        <fieldset class="field" id=whole.id() tabindex="-1" aria-describedby=whole.described()>
            <legend>{say.d.limits}</legend>
            <p class="hint" id=[&whole.id(), "-hint"].concat()>{say.d.limits_hint}</p>
            {table(say, cell)}
            <p class="fault" id=[&whole.id(), "-fault"].concat() role="alert">{move || form.fault(whole.name)}</p>
        </fieldset>
    }
    .into_any()
}
