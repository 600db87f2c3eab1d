//! What every page of the desk may look at and change, and the address bar it is bound to.

use super::bell::Bell;
use super::parts::toast::Toasts;
use super::route::Route;
use super::session::Session;
use super::{Desk, Say, words};
use crate::api::Abort;
use crate::components::menu;
use crate::format::Dates;
use crate::state::address;
use crate::state::clock::Clock;
use crate::state::health::Health;
use crate::state::looks::Looks;
use crate::state::remote::{Following, follow};
use crate::state::town::TownState;
use crate::state::watch;
use crate::wire::Read;
use crate::words::Words;
use geodata::matter::Matter;
use geodata::town::Role;
use geodata::wire::{Town, Work};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::{JsCast as _, JsValue};

/// The handles.
pub struct Site {
    /// Language and light.
    pub looks: Looks,
    /// The server's time.
    pub clock: Clock,
    /// Whether the server is there.
    pub health: Health,
    /// Who is signed in, in which town.
    pub session: Session,
    /// The town, once somebody is.
    pub town: RwSignal<Option<Arc<Town>>>,
    /// Which page.
    pub route: RwSignal<Route>,
    /// What follows the path, without its `?`.
    pub query: RwSignal<String>,
    /// What is told in passing.
    pub toasts: Toasts,
    /// When to look again.
    pub bell: Bell,
    /// The town for maps, fetched when the first is asked for.
    pub ground: TownState,
    has_ground: StoredValue<bool>,
    /// How many incidents wait for the person, once known.
    pub waiting: RwSignal<Option<i64>>,
    /// Whether the help is open.
    pub help: RwSignal<bool>,
    /// How it speaks now.
    pub say: Memo<Say>,
}

impl Site {
    /// Reads the address, and starts to keep it.
    pub fn open() -> Desk {
        let (path, query) = place();
        let value = |name: &str| value(&query, name);
        let looks = Looks::bind(
            value("lang").and_then(|word| address::lang(&word)),
            value("theme").and_then(|word| address::theme(&word)),
        );
        // Who was sent to sign in was in a town before: each has its own accounts.
        let before = value("next").and_then(|next| Some(next.split_once('?')?.1.to_owned()));
        let slug = value("town").or_else(|| self::value(&before?, "town")).and_then(|word| word.parse().ok());
        let town = RwSignal::new(None::<Arc<Town>>);
        let say = Memo::new_with_compare(
            move |_| {
                let zone = town.with(|t| t.as_ref().map_or_else(|| "UTC".to_owned(), |t| t.time_zone.clone()));
                let lang = looks.lang.get();
                (Say { w: Words::of(lang), d: words::Words::of(lang), dates: Dates::new(&zone) }, zone)
            },
            |a, b| a.map(|(s, z): &(Say, String)| (s.w.lang, z)) != b.map(|(s, z)| (s.w.lang, z)),
        );
        let desk: Desk = Box::leak(Box::new(Self {
            looks,
            clock: Clock::start(),
            health: Health::new(),
            session: Session::new(slug),
            town,
            route: RwSignal::new(Route::of(&path)),
            query: RwSignal::new(query),
            toasts: Toasts::new(),
            bell: Bell::silent(),
            ground: TownState::new(),
            has_ground: StoredValue::new(false),
            waiting: RwSignal::new(None),
            help: RwSignal::new(false),
            say: Memo::new_with_compare(move |_| say.get().0, |_, _| true),
        }));
        desk.listen();
        menu::close_when_left();
        desk
    }

    /// The role of whoever is signed in; subscribes.
    pub fn role(&self) -> Option<Role> {
        self.session.me.with(|me| me.as_ref().map(|me| me.role))
    }

    /// Whether whoever is signed in keeps a matter up; subscribes.
    pub fn keeps(&self, matter: Matter) -> bool {
        self.role().is_some_and(|role| role.keeps(matter))
    }

    /// A value of the address's query; subscribes.
    pub fn asked(&self, name: &str) -> Option<String> {
        self.query.with(|query| value(query, name))
    }

    /// Keeps an answer of the API up to date, in the language shown. `path` may read signals.
    pub fn follow<T: Read + Send + Sync + 'static>(&'static self, path: impl Fn() -> String + 'static) -> Following<T> {
        follow(path, self.looks.lang.into(), self.health)
    }

    /// Asks for an answer again whenever something has happened that it may tell of: with one incident, or with any.
    pub fn keep_fresh<T: Send + Sync + 'static>(&'static self, answer: Following<T>, about: Option<i64>) {
        let mut first = true;
        watch(move || {
            let called = self.bell.rung.with(|ring| ring.is_about(about));
            // What it rang about before the answer was asked for is in the answer.
            if !std::mem::take(&mut first) && called && !document().hidden() {
                answer.again();
            }
        });
    }

    /// Hangs up the bell, for those who have incidents to look after; how many wait for them is kept up to date.
    pub fn hang_bell(&'static self) {
        if !self.role().is_some_and(Role::sees_cases) {
            return;
        }
        self.bell.hang(self.session.town());
        self.refresh_waiting();
        watch(move || {
            // The page of what waits asks for it itself.
            let elsewhere = self.route.with_untracked(|route| *route != Route::Work);
            if self.bell.rung.with(|ring| ring.is_about(None)) && elsewhere && !document().hidden() {
                self.refresh_waiting();
            }
        });
    }

    /// Fetches the town for maps, if nobody has.
    pub fn need_ground(&self) {
        if !self.has_ground.get_value() {
            self.has_ground.set_value(true);
            self.fetch_ground();
        }
    }

    /// Fetches the town for maps, once more where it did not come.
    pub fn fetch_ground(&self) {
        let (slug, lang) = (self.session.town(), self.looks.lang.get_untracked());
        self.ground.load(slug.clone(), lang, self.health, self.clock);
        self.ground.load_buildings(slug, lang, self.health);
    }

    /// Asks how many incidents wait for the person; what the answer is goes into the bar and the rail.
    pub fn refresh_waiting(&'static self) {
        if !self.session.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.role.sees_cases())) {
            return;
        }
        leptos::task::spawn_local(async move {
            let path = self.session.path("/api/work");
            let answer = crate::api::ask(path, self.looks.lang.get_untracked(), Abort::new()).await;
            // Without an answer the number stays as it was; the page itself tells of trouble.
            if let Ok(work) = answer.and_then(|body| crate::api::read::<Work>(&body)) {
                self.waiting.set(i64::try_from(work.items.len()).ok());
            }
        });
    }

    /// Goes to another page of the desk, as a step that back undoes.
    pub fn go(&self, address: &str) {
        if let Ok(history) = window().history() {
            // A browser that limits the rate of changes throws; the page changes all the same.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
        }
        self.arrive();
    }

    /// Corrects the address without a step: filters and the like. Town and looks stay as they are.
    pub fn put<'a>(&self, pairs: impl IntoIterator<Item = (&'a str, String)>) {
        let (path, before) = place();
        let kept = ["town", "lang", "theme"].into_iter().filter_map(|name| Some((name, value(&before, name)?)));
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let address = crate::api::address(&path, kept.chain(given));
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
        let (_, query) = place();
        if self.query.with_untracked(|q| *q != query) {
            self.query.set(query);
        }
    }

    fn arrive(&self) {
        let (path, query) = place();
        self.query.set(query);
        self.help.set(false);
        let route = Route::of(&path);
        if self.route.with_untracked(|r| *r != route) {
            self.route.set(route);
        }
    }

    /// Back and forward; and links from page to page, which need no new document.
    fn listen(&'static self) {
        let pop = window_event_listener(leptos::ev::popstate, move |_| self.arrive());
        let press = window_event_listener(leptos::ev::click, move |event| self.follow_link(&event));
        on_cleanup(move || {
            pop.remove();
            press.remove();
        });
        let mut first = true;
        watch(move || {
            self.route.track();
            if !std::mem::take(&mut first) {
                // The page may be drawn only after this change; then reading begins at its top.
                request_animation_frame(|| focus("main"));
            }
        });
    }

    fn follow_link(&self, event: &MouseEvent) {
        let plain = event.button() == 0
            && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
            && !event.default_prevented();
        let link = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let Some(link) = link.and_then(|e| e.closest("a[href]").ok().flatten()).filter(|_| plain) else { return };
        if link.has_attribute("target") || link.has_attribute("download") {
            return;
        }
        let Some(address) = link.get_attribute("href").filter(|href| href.starts_with('/')) else { return };
        let path = address.split(['?', '#']).next().unwrap_or_default();
        // The map is another document, and so is the sign-in: nothing of one person's must stay for the next.
        if !matches!(Route::of(path), Route::Missing | Route::SignIn) {
            event.prevent_default();
            self.go(&address);
        }
    }
}

/// Gives an element the focus, by its id; passes over one that is not there.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only for an element that can't have it.
        let _ = element.focus();
    }
}

/// The address's path and query now.
fn place() -> (String, String) {
    let place = window().location();
    let query = place.search().unwrap_or_default();
    (place.pathname().unwrap_or_default(), query.trim_start_matches('?').to_owned())
}

fn value(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}
