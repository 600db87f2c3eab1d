//! The photos of an incident: seen small and large, added, taken away with a reason.

use crate::api::{self, Errand, Failure};
use crate::components::act;
use crate::components::icons::icon;
use crate::desk::icons::{BACK, ON, PLUS};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::{dialog, field};
use crate::desk::{Desk, Say};
use crate::words;
use geodata::incident::{NOTE_MAX, State};
use geodata::photo::{MOST_PHOTOS, PHOTO_KINDS, adds_photos, removes_photo};
use geodata::wire::{Photo, PhotoKind, PhotoRemoval};
use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;
use std::rc::Rc;
use strum::VariantArray as _;
use wasm_bindgen::JsCast as _;

/// A file on its way: its name, and why it did not arrive.
#[derive(Clone, PartialEq)]
struct Sending {
    key: u32,
    name: String,
    failed: Option<String>,
}

/// The photos of one incident.
#[derive(Clone, Copy)]
pub struct Photos {
    desk: Desk,
    id: i64,
    kind: RwSignal<Option<PhotoKind>>,
    sending: RwSignal<Vec<Sending>>,
    count: StoredValue<u32>,
    list: RwSignal<Vec<Photo>>,
    large: RwSignal<Option<String>>,
    removing: RwSignal<Option<Photo>>,
    done: StoredValue<Rc<dyn Fn()>, LocalStorage>,
}

impl Photos {
    /// Of this incident; `done` is called when there is one more, or one less.
    pub fn new(desk: Desk, id: i64, done: impl Fn() + 'static) -> Self {
        Self {
            desk,
            id,
            kind: RwSignal::new(None),
            sending: RwSignal::new(Vec::new()),
            count: StoredValue::new(0),
            list: RwSignal::new(Vec::new()),
            large: RwSignal::new(None),
            removing: RwSignal::new(None),
            done: StoredValue::new_local(Rc::new(done)),
        }
    }

    fn adds(self) -> bool {
        self.desk.role().is_some_and(adds_photos)
    }

    /// The section; `photos` are those that there are, and `state` says what the next one most likely shows.
    pub fn view(self, say: Say, photos: Memo<Option<Vec<Photo>>>, state: Memo<Option<State>>) -> AnyView {
        let thumbs = move || {
            let photos = photos.get().unwrap_or_default();
            self.list.set(photos.clone());
            if photos.is_empty() && self.sending.with(Vec::is_empty) {
                return view! { <p class="hint">{say.d.no_photos}</p> }.into_any();
            }
            photos.iter().map(|photo| self.thumb(say, photo)).collect_view().into_any()
        };
        let sending = move || self.sending.get().into_iter().map(|file| self.on_its_way(say, file)).collect_view();
        let add = move || {
            let room = photos.with(|p| p.as_ref().is_some_and(|p| p.len() < MOST_PHOTOS));
            let open = state.get() != Some(State::Archived);
            (self.adds() && room && open).then(|| self.add(say, likely(state.get())))
        };
        view! {
            <section class="box photos">
                <h2>{say.d.photos}</h2>
                {move || add()}
                <div class="thumbs">{move || thumbs()}{move || sending()}</div>
            </section>
        }
        .into_any()
    }

    fn thumb(self, say: Say, photo: &Photo) -> AnyView {
        let id = photo.id.clone();
        let kind = words::of(say.d.photo_kind, photo.kind.word());
        let at = say.dates.short(photo.added_at, self.desk.clock.now.get_untracked());
        let label = [kind, " · ", &photo.added_by, " · ", &at].concat();
        let source = self.desk.session.path(&["/api/photos/", &photo.id, "/thumb"].concat());
        view! {
            <button class="thumb" type="button" aria-label=label.clone() title=label on:click=act(move || self.large.set(Some(id.clone())))>
                <img src=source alt="" loading="lazy"/>
                <span>{kind}</span>
            </button>
        }
        .into_any()
    }

    /// What a new photo shows, and the files.
    fn add(self, say: Say, likely: PhotoKind) -> AnyView {
        let kinds = PhotoKind::VARIANTS.iter().map(|kind| {
            let chosen = move || self.kind.get().unwrap_or(likely) == *kind;
            view! { <option value=kind.word() selected=chosen>{words::of(say.d.photo_kind, kind.word())}</option> }
                .into_any()
        });
        let choose = move |event: Event| self.kind.set(event_target_value(&event).parse().ok());
        let take = move |event: Event| {
            let input = event_target::<web_sys::HtmlInputElement>(&event);
            if let Some(files) = input.files() {
                let files = (0..files.length()).filter_map(|i| files.get(i));
                files.for_each(|file| self.send(say, file, self.kind.get_untracked().unwrap_or(likely)));
            }
            // The same file may be chosen once more.
            input.set_value("");
        };
        view! {
            <div class="adds">
                <select aria-label=say.d.photo_shows on:change=choose>{kinds.collect_view()}</select>
                <label class="btn plain">
                    {icon(PLUS)}<span>{say.d.photo_add}</span>
                    <input class="unseen" type="file" accept=PHOTO_KINDS multiple on:change=take/>
                </label>
            </div>
        }
        .into_any()
    }

    fn send(self, say: Say, file: web_sys::File, kind: PhotoKind) {
        self.count.update_value(|n| *n += 1);
        let key = self.count.get_value();
        self.sending.update(|list| list.push(Sending { key, name: file.name(), failed: None }));
        let path = ["/api/incidents/", &self.id.to_string(), "/photos"].concat();
        let path = self.desk.session.query(&path, &[("kind", kind.word().to_owned())]);
        let errand = Errand::post(path)
            .carrying("application/octet-stream", file.unchecked_into())
            .once(&api::fresh_key())
            .staying();
        leptos::task::spawn_local(async move {
            let answer = api::send(errand, say.w.lang).await;
            self.sending.try_update(|list| match answer {
                Ok(_) => list.retain(|file| file.key != key),
                Err(failure) => {
                    if let Some(file) = list.iter_mut().find(|file| file.key == key) {
                        file.failed = Some(reason(say, &failure));
                    }
                }
            });
            self.settle();
        });
    }

    fn on_its_way(self, say: Say, file: Sending) -> AnyView {
        let key = file.key;
        let put_away = move || self.sending.update(|list| list.retain(|file| file.key != key));
        match file.failed {
            None => {
                view! { <p class="thumb wait" role="status"><span>{file.name}</span><small>{say.d.working}</small></p> }
                    .into_any()
            }
            Some(why) => view! {
                <p class="thumb bad" role="alert">
                    <span>{file.name}</span><small>{why}</small>
                    <button class="btn quiet" type="button" on:click=act(put_away)>{say.d.close}</button>
                </p>
            }
            .into_any(),
        }
    }

    fn settle(self) {
        if let Some(done) = self.done.try_with_value(Rc::clone) {
            done();
        }
    }

    /// What lies over the page: one photo large, and the question why it should go.
    pub fn dialogs(self, say: Say) -> AnyView {
        let name = move |id: &String| {
            let photo = self.find(id);
            photo.map_or_else(String::new, |p| words::of(say.d.photo_kind, p.kind.word()).to_owned())
        };
        let remove = move |_: &Photo| say.d.photo_remove.to_owned();
        view! {
            {dialog::dialog(say, self.large, name, move |id| self.show(say, &id))}
            {dialog::dialog(say, self.removing, remove, move |photo| self.ask(say, photo))}
        }
        .into_any()
    }

    fn find(self, id: &str) -> Option<Photo> {
        self.list.with_untracked(|list| list.iter().find(|photo| photo.id == id).cloned())
    }

    /// One photo, large.
    fn show(self, say: Say, id: &str) -> AnyView {
        let Some(photo) = self.find(id) else { return ().into_any() };
        let d = say.d;
        let step = move |by: isize| {
            let list = self.list.get_untracked();
            let at = self.large.with_untracked(|id| list.iter().position(|p| Some(&p.id) == id.as_ref()));
            if let Some(next) = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| list.get(at)) {
                self.large.set(Some(next.id.clone()));
            }
        };
        let keys = move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowLeft" => step(-1),
            "ArrowRight" => step(1),
            _ => {}
        };
        let at = say.dates.stamp(photo.added_at);
        let source = self.desk.session.path(&["/api/photos/", &photo.id].concat());
        let alt = [words::of(d.photo_kind, photo.kind.word()), " ", &at].concat();
        let own = self.desk.session.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.name == photo.added_by));
        let gone = photo.clone();
        let remove = self.desk.role().is_some_and(|role| removes_photo(role, own)).then(|| {
            let ask = move || {
                self.large.set(None);
                self.removing.set(Some(gone.clone()));
            };
            view! { <button class="btn danger" type="button" on:click=act(ask)>{d.photo_remove}</button> }
        });
        view! {
            <div class="large" on:keydown=keys>
                <img src=source alt=alt width=photo.width.to_string() height=photo.height.to_string()/>
            </div>
            <p class="hint">{[&photo.added_by, " · ", &at].concat()}</p>
            <div class="does">
                <button class="btn plain" type="button" on:click=act(move || step(-1))>{icon(BACK)}<span>{d.photo_before}</span></button>
                <button class="btn plain" type="button" on:click=act(move || step(1))><span>{d.photo_after}</span>{icon(ON)}</button>
                <span class="space"></span>
                {remove}
            </div>
        }
        .into_any()
    }

    fn ask(self, say: Say, photo: Photo) -> AnyView {
        let d = say.d;
        let (form, reason) = (Form::new(self.desk, "photo"), RwSignal::new(String::new()));
        let send = move || {
            let text = reason.with_untracked(|text| text.trim().to_owned());
            if form.requires(say, &[("reason", !text.is_empty())]) {
                let path = self.desk.session.path(&["/api/photos/", &photo.id].concat());
                let errand = Errand::delete(path).with(&PhotoRemoval { reason: text });
                form.send(errand, move |_| {
                    self.removing.set(None);
                    self.desk.toasts.tell(d.photo_removed);
                    self.settle();
                });
            }
        };
        let fields = view! {
            <p>{d.photo_remove_lead}</p>
            {field::area(say, form.field("reason", d.act_note), 2, NOTE_MAX, reason)}
        };
        let cancel = view! {
            <button class="btn plain" type="button" on:click=act(move || self.removing.set(None))>{d.cancel}</button>
        };
        form::form(say, form, d.photo_remove, send, fields, cancel)
    }
}

/// What the next photo most likely shows.
fn likely(state: Option<State>) -> PhotoKind {
    match state {
        Some(State::Dispatched | State::InProgress | State::Referred) => PhotoKind::Result,
        Some(State::ReportedBack | State::Checked | State::Closed) => PhotoKind::Check,
        _ => PhotoKind::Scene,
    }
}

fn reason(say: Say, failure: &Failure) -> String {
    match failure {
        Failure::Refused(_, said) if !said.message.is_empty() => said.message.clone(),
        _ => crate::pages::reason(say.w, failure),
    }
}
