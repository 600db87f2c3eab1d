//! Photos that come with a report: kept until it is filed, then sent one after the other.

use crate::api::{self, Errand, fresh_key};
use crate::components::act;
use crate::components::icons::{CLOSE, icon};
use crate::desk::icons::PLUS;
use crate::desk::{Desk, Say};
use leptos::ev::Event;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// The files chosen.
#[derive(Clone, Copy)]
pub struct Files(RwSignal<Vec<web_sys::File>, LocalStorage>);

impl Files {
    /// None.
    pub fn new() -> Self {
        Self(RwSignal::new_local(Vec::new()))
    }

    /// None any more.
    pub fn clear(self) {
        self.0.set(Vec::new());
    }

    /// The files by name, and a way to add some.
    pub fn view(self, say: Say) -> AnyView {
        let take = move |event: Event| {
            let input = event_target::<web_sys::HtmlInputElement>(&event);
            if let Some(files) = input.files() {
                self.0.update(|list| list.extend((0..files.length()).filter_map(|i| files.get(i))));
            }
            input.set_value("");
        };
        let chips = move || {
            self.0.get().into_iter().enumerate().map(|(i, file)| {
                let name = file.name();
                let label = say.d.remove(&name);
                let drop_it = move || self.0.update(|list| drop(list.remove(i)));
                view! { <button class="chip" type="button" aria-label=label on:click=act(drop_it)>{name}{icon(CLOSE)}</button> }
                    .into_any()
            }).collect_view()
        };
        view! {
            <div class="adds">
                <label class="btn plain">
                    {icon(PLUS)}<span>{say.d.photo_add}</span>
                    <input class="unseen" type="file" accept=geodata::photo::PHOTO_KINDS multiple on:change=take/>
                </label>
                <span class="chips">{move || chips()}</span>
            </div>
        }
        .into_any()
    }

    /// Sends them to an incident; tells of those that did not arrive.
    pub async fn send_to(self, desk: Desk, say: Say, incident: i64) {
        for file in self.0.get_untracked() {
            let path = ["/api/incidents/", &incident.to_string(), "/photos"].concat();
            let name = file.name();
            let errand = Errand::post(desk.session.path(&path))
                .carrying("application/octet-stream", file.unchecked_into())
                .once(&fresh_key())
                .staying();
            if let Err(failure) = api::send(errand, say.w.lang).await {
                let why = crate::pages::reason(say.w, &failure);
                desk.toasts.warn([&name, say.d.colon, &why].concat());
            }
        }
    }
}
