//! What stands around the pages: the bar, the rail, the page's place, and what lies over all of it.

use super::icons::{ADMIN, AUDIT, REPORT, ROSTER, WORK};
use super::parts::toast;
use super::places::Places;
use super::route::{Admin, Route};
use super::{Desk, Say, pages};
use crate::components::bar::{lang, mark, theme};
use crate::components::icons::{CLOSE, HELP, MAP, icon};
use crate::components::{act, menu};
use crate::state::watch;
use geodata::town::Role;
use leptos::ev::KeyboardEvent;
use leptos::html::Dialog;
use leptos::prelude::*;

/// The frame, with the page of the address in it.
pub fn frame(desk: Desk) -> AnyView {
    let places = Places::new(desk);
    provide_context(places);
    let keys = window_event_listener(leptos::ev::keydown, move |event| key(desk, &event));
    on_cleanup(move || keys.remove());
    let page = move || {
        let sheet = pages::open(desk, &desk.route.get());
        view! { {move || sheet(desk.say.get())} }.into_any()
    };
    view! {
        <a class="skip" href="#main">{move || desk.say.get().d.skip}</a>
        <div class="app desk">
            {move || bar(desk, desk.say.get())}
            {move || rail(desk, desk.say.get())}
            <main id="main" class="place" tabindex="-1">
                {move || places.trouble(desk.say.get())}
                {move || page()}
            </main>
        </div>
        {move || toast::toasts(desk, desk.say.get())}
        {move || help(desk, desk.say.get())}
    }
    .into_any()
}

/// The bar before somebody is signed in, or while little is known.
pub fn plain_bar(desk: Desk, say: Say) -> AnyView {
    view! {
        <header class="bar">
            <span class="mark">{mark()}</span>
            <p class="town">{say.w.product}<small>{say.w.centre}</small></p>
            <span class="space"></span>
            {lang(desk.looks, say.w)}
            {theme(desk.looks, say.w)}
        </header>
    }
    .into_any()
}

fn bar(desk: Desk, say: Say) -> AnyView {
    let w = say.w;
    let town = move || desk.town.with(|t| t.as_ref().map(|t| (w.name(&t.name).to_owned(), t.demonstration)));
    let name = move || town().map(|(name, _)| name);
    let chip = move || {
        town()
            .filter(|(_, demonstration)| *demonstration)
            .map(|_| view! { <span class="chip dashed" title=w.demonstration_long>{w.demonstration}</span> }.into_any())
    };
    let sign_out = move || desk.session.sign_out(w.lang, move |why| desk.toasts.warn(why));
    let account = move || {
        desk.session.me.with(|me| {
            let me = me.as_ref()?;
            let at = |path: &str| desk.session.path(path);
            Some(menu::account(w, (&me.name, me.role), at, || badge(desk), sign_out))
        })
    };
    view! {
        <header class="bar">
            <a class="mark" href=desk.session.path("/") aria-label=say.d.to_map>{mark()}</a>
            <p class="town">{move || name()}<small>{w.centre}</small></p>
            {move || chip()}
            <span class="space"></span>
            {move || trouble(desk, say)}
            {lang(desk.looks, w)}
            {theme(desk.looks, w)}
            {move || account()}
        </header>
    }
    .into_any()
}

/// What stands between the page and fresh data.
fn trouble(desk: Desk, say: Say) -> AnyView {
    let text = move || desk.health.trouble().map(|trouble| trouble.say(say.w));
    view! { <span class="away" role="status">{move || text()}</span> }.into_any()
}

/// One way to go: its icon, its name, what it is in full, and whether the page that is open belongs to it.
struct Way {
    icon: &'static str,
    name: &'static str,
    long: &'static str,
    route: Route,
}

/// The ways that a role has, in their order.
fn ways(say: Say, role: Role) -> Vec<Way> {
    let d = say.d;
    let admin = Admin::ALL.into_iter().map(Route::Admin).find(|route| route.is_for(role));
    [
        Some((WORK, d.nav_work, d.nav_work_long, Route::Work)),
        Some((REPORT, d.nav_report, d.nav_report_long, Route::Report)),
        // Most only read who is on duty and which days are worked.
        admin.map(|route| match route {
            Route::Admin(Admin::Roster) => (ROSTER, d.nav_roster, d.nav_roster_long, route),
            _ => (ADMIN, d.nav_admin, d.nav_admin_long, route),
        }),
        Some((AUDIT, d.nav_audit, d.nav_audit_long, Route::Audit)),
    ]
    .into_iter()
    .flatten()
    .filter(|(.., route)| route.is_for(role))
    .map(|(icon, name, long, route)| Way { icon, name, long, route })
    .collect()
}

/// Whether a page belongs to a way: an incident to the work, all of administration to its first page.
fn belongs(page: &Route, way: &Route) -> bool {
    match (page, way) {
        (Route::Incident(_), Route::Work) | (Route::Admin(_), Route::Admin(_)) => true,
        _ => page == way,
    }
}

fn rail(desk: Desk, say: Say) -> AnyView {
    let d = say.d;
    let ways = move || desk.role().map(|role| ways(say, role)).unwrap_or_default();
    let links = move || ways().into_iter().map(|way| link(desk, way)).collect_view();
    view! {
        <nav class="rail" aria-label=d.nav>
            <a href=desk.session.path("/") title=d.nav_map_long>{icon(MAP)}{d.nav_map}</a>
            {move || links()}
            <span class="space"></span>
            <button class="help-button" type="button" title=d.nav_help_long aria-haspopup="dialog"
                on:click=act(move || desk.help.set(true))>
                {icon(HELP)}
                {say.w.nav_help}
            </button>
        </nav>
    }
    .into_any()
}

fn link(desk: Desk, way: Way) -> AnyView {
    let href = desk.session.path(&way.route.path());
    let badge = (way.route == Route::Work).then(|| badge(desk));
    let route = way.route;
    let here = Memo::new(move |_| desk.route.with(|page| belongs(page, &route)));
    view! {
        <a href=href title=way.long class:here=move || here.get() aria-current=move || here.get().then_some("page")>
            {icon(way.icon)}
            {way.name}
            {badge}
        </a>
    }
    .into_any()
}

/// How many incidents wait.
fn badge(desk: Desk) -> AnyView {
    let waiting = move || {
        let waiting = desk.waiting.get().filter(|n| *n > 0);
        waiting.map(|n| view! { <b class="badge">{crate::format::count(n)}</b> }.into_any())
    };
    view! { {move || waiting()} }.into_any()
}

/// Keys that lead somewhere, where nothing is being typed and no dialogue is open.
fn key(desk: Desk, event: &KeyboardEvent) {
    let typing = document().active_element().is_some_and(|e| {
        matches!(e.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA") || e.closest("dialog").ok().flatten().is_some()
    });
    if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let leaves = matches!(event.key().as_str(), "w" | "n" | "m");
    if leaves && is_filled_in() {
        return;
    }
    let has = |route: &Route| desk.session.me.with_untracked(|me| me.as_ref().is_some_and(|me| route.is_for(me.role)));
    let to = match event.key().as_str() {
        "?" => {
            desk.help.set(true);
            None
        }
        "w" => Some(Route::Work).filter(has),
        "n" => Some(Route::Report).filter(has),
        "m" => {
            let _ = window().location().assign(&desk.session.path("/"));
            None
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(route) = to {
        desk.go(&desk.session.path(&route.path()));
    }
}

/// Whether a form on the page holds something that would be lost by leaving it. A form in a dialogue keeps the keys to itself.
fn is_filled_in() -> bool {
    const FIELDS: &str =
        "#main form.form :is(input:not([type=radio], [type=checkbox], [type=file], [readonly]), textarea)";
    let Ok(fields) = document().query_selector_all(FIELDS) else { return false };
    let text = |field: &web_sys::Node| js_sys::Reflect::get(field, &"value".into()).ok()?.as_string();
    (0..fields.length()).filter_map(|i| text(&fields.get(i)?)).any(|text| !text.trim().is_empty())
}

fn help(desk: Desk, say: Say) -> AnyView {
    let (d, dialog) = (say.d, NodeRef::<Dialog>::new());
    watch(move || {
        let Some(dialog) = dialog.get() else { return };
        match (desk.help.get(), dialog.open()) {
            // Fails only for a dialogue that is not in the page.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let keys = [
        ("?", d.key_help),
        ("W", d.key_work),
        ("N", d.key_report),
        ("M", d.key_map),
        ("Tab", d.key_next),
        ("↑ ↓", d.key_rows),
        ("Enter", d.key_enter),
        ("X", d.key_mark),
        ("1 … 9", d.key_step),
        ("Esc", d.key_escape),
    ];
    view! {
        <dialog class="help" node_ref=dialog aria-label=d.help on:close=move |_| desk.help.set(false)>
            <button class="quiet square shut" type="button" aria-label=d.close on:click=act(move || desk.help.set(false))>
                {icon(CLOSE)}
            </button>
            <h2>{d.help}</h2>
            <p>{d.help_text}</p>
            <dl>{keys.map(|(key, what)| view! { <dt><kbd>{key}</kbd></dt><dd>{what}</dd> }).into_view()}</dl>
        </dialog>
    }
    .into_any()
}
