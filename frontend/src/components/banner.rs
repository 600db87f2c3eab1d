//! What stands between the page and fresh data, said where nobody can miss it, and only while it lasts.

use super::{Page, Say};
use leptos::prelude::*;

/// The banner over the map.
pub fn banner(page: Page, say: Say) -> AnyView {
    let text = move || page.health.trouble().map(|trouble| trouble.say(say.w));
    // The region stands all the time, so that screen readers notice what is put into it.
    view! {
        <div class="banner" class:on=move || text().is_some() role="status">
            {move || text()}
        </div>
    }
    .into_any()
}
