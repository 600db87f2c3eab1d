//! The panel: tabs, chips, the list, and the card of what is selected. On a phone it is a sheet from below.

use super::{Page, Say, act, detail, filters, list};
use crate::format::count;
use crate::state::choice::Tab;
use crate::state::ui::ROWS;
use crate::words;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use strum::VariantArray as _;

/// The panel's content.
pub fn panel(page: Page, say: Say) -> AnyView {
    view! {
        {handle(page, say)}
        {tabs(page, say)}
        {filters::filters(page, say)}
        {list::list(page, say)}
        {detail::detail(page, say)}
    }
    .into_any()
}

/// A tap takes the sheet to the next height, a drag to where it is dragged.
fn handle(page: Page, say: Say) -> AnyView {
    let start = StoredValue::new(None::<f64>);
    let sheet = page.ui.sheet;
    let down = move |event: PointerEvent| start.set_value(Some(f64::from(event.client_y())));
    let up = move |event: PointerEvent| {
        let Some(from) = start.get_value() else { return };
        start.set_value(None);
        let height = window().inner_height().ok().and_then(|h| h.as_f64()).filter(|h| *h > 0.0).unwrap_or(1.0);
        let share = (from - f64::from(event.client_y())) / height;
        let before = sheet.get_untracked();
        let after = before.dragged(share);
        if after != before {
            sheet.set(after);
        }
    };
    // A drag ends with a click as well: only a press that did not move the sheet is a tap.
    let pressed = StoredValue::new(page.ui.sheet.get_untracked());
    let tap = move || {
        if pressed.get_value() == sheet.get_untracked() {
            sheet.update(|s| *s = s.next());
        }
    };
    let label = say.w.sheet;
    view! {
        <button
            class="handle" type="button" aria-label=label title=label
            on:pointerdown=move |event| { pressed.set_value(sheet.get_untracked()); capture(&event); down(event); }
            on:pointerup=up
            on:click=act(tap)
        >
            <i></i>
        </button>
    }
    .into_any()
}

/// So that the drag ends here wherever the finger is lifted.
fn capture(event: &PointerEvent) {
    // Fails only when the pointer is already gone.
    let _ = event_target::<web_sys::Element>(event).set_pointer_capture(event.pointer_id());
}

fn tabs(page: Page, say: Say) -> AnyView {
    let choice = page.url.choice;
    let figures = page.figures.state();
    let tabs = Tab::VARIANTS.iter().map(|&tab| {
        let on = move || choice.with(|c| c.tab == tab);
        let held = move || {
            figures.with(|f| {
                f.ready().map(|t| match tab {
                    Tab::Open => t.open,
                    Tab::Overdue => t.overdue,
                    Tab::All => t.incidents,
                })
            })
        };
        let press = move || {
            page.ui.rows.set(ROWS);
            choice.update(|c| *c = std::mem::take(c).on_tab(tab));
        };
        view! {
            <button type="button" aria-pressed=move || if on() { "true" } else { "false" } on:click=act(press)>
                {words::of(say.w.tab, tab.word())}
                <span>{move || held().map(count)}</span>
            </button>
        }
        .into_any()
    });
    view! { <div class="tabs" role="group" aria-label=say.w.panel>{tabs.collect_view()}</div> }.into_any()
}
