//! The root of the desk: finds out who is signed in, and shows the page that they are at.

use super::frame::{frame, plain_bar};
use super::pages::{must_change, sign_in};
use super::route::Route;
use super::site::Site;
use super::{Desk, Say};
use crate::api::{self, Abort, Failure};
use crate::pages::{self, reason};
use crate::state::remote::patiently;
use geodata::wire::{Me, Town};
use leptos::prelude::*;
use std::sync::Arc;

/// How far the page has come.
#[derive(Clone, PartialEq)]
enum Stage {
    Starting,
    Failed(Failure),
    /// Nobody is signed in, or somebody is and came to sign in again.
    SignIn,
    /// A password of their own comes first.
    MustChange,
    Open,
}

/// Puts the desk into the document, in the place of its outline.
pub fn mount() {
    if let Some(outline) = document().get_element_by_id("boot") {
        outline.remove();
    }
    leptos::mount::mount_to_body(app);
}

fn app() -> impl IntoView {
    let desk = Site::open();
    let stage = RwSignal::new(Stage::Starting);
    let start = move || {
        stage.set(Stage::Starting);
        leptos::task::spawn_local(async move {
            stage.set(begin(desk).await.unwrap_or_else(Stage::Failed));
        });
    };
    start();
    title(desk);
    let shown = Memo::new(move |_| stage.get());
    move || match shown.get() {
        Stage::Starting => view! { {move || waiting(desk, desk.say.get())} }.into_any(),
        Stage::Failed(failure) => view! { {move || pages::failed(desk.say.get().w, &failure, start)} }.into_any(),
        Stage::SignIn => alone(desk, sign_in::sign_in(desk)),
        Stage::MustChange => alone(desk, must_change::must_change(desk, start)),
        Stage::Open => frame(desk),
    }
}

/// Who is signed in, and what they come upon. A page other than the sign-in leaves for it where nobody is.
async fn begin(desk: Desk) -> Result<Stage, Failure> {
    let ask =
        |path: &str| patiently(desk.session.path(path), desk.looks.lang.get_untracked(), Abort::new(), desk.health);
    let signing_in = desk.route.with_untracked(|route| *route == Route::SignIn);
    let me = match ask("/api/session").await {
        Err(Failure::SignedOut) if signing_in => return Ok(Stage::SignIn),
        // The page is on its way.
        Err(Failure::SignedOut) => return Ok(Stage::Starting),
        answer => api::read::<Me>(&answer?)?,
    };
    let must_change = me.must_change_password;
    desk.session.me.set(Some(me));
    if signing_in {
        return Ok(Stage::SignIn);
    }
    if must_change {
        return Ok(Stage::MustChange);
    }
    let town: Town = api::read(&ask("/api/town").await?)?;
    desk.clock.set(town.now);
    desk.town.set(Some(Arc::new(town)));
    desk.hang_bell();
    Ok(Stage::Open)
}

/// A page that stands by itself, before there is anything to go to.
fn alone(desk: Desk, sheet: super::Sheet) -> AnyView {
    view! {
        <div class="app alone">
            {move || plain_bar(desk, desk.say.get())}
            <main id="main" class="place" tabindex="-1">{move || sheet(desk.say.get())}</main>
        </div>
        {move || super::parts::toast::toasts(desk, desk.say.get())}
    }
    .into_any()
}

/// The outline, and why it takes so long where that is known.
fn waiting(desk: Desk, say: Say) -> AnyView {
    let text = move || desk.health.trouble().map_or(say.d.loading, |trouble| trouble.say(say.w));
    view! {
        <div class="app alone">
            {plain_bar(desk, say)}
            <main id="main" class="place quiet-place"><p role="status">{move || text()}</p></main>
        </div>
    }
    .into_any()
}

/// The document's title: the page, the town, the product.
fn title(desk: Desk) {
    crate::state::watch(move || {
        let say = desk.say.get();
        let page = desk.route.with(|route| super::pages::title(say, route));
        let town = desk.town.with(|t| t.as_ref().map(|t| [" · ", say.w.name(&t.name)].concat()));
        document().set_title(&[page.as_str(), &town.unwrap_or_default(), " · ", say.w.product].concat());
    });
}

/// Why something did not come, in a sentence; for parts that have no place of their own for it.
pub fn warn(desk: Desk, failure: &Failure) {
    let say = desk.say.get_untracked();
    desk.toasts.warn(reason(say.w, failure));
}
