//! What people know of a camera: what stands in its way, and when somebody last looked at its picture; and for those who may,
//! the way to say so.

use super::not_here;
use crate::api::{self, Errand};
use crate::components::filters::option;
use crate::components::icons::{CLOSE, icon};
use crate::components::{Page, Say, act};
use crate::format::{compass, decimal, trimmed};
use crate::model::Sheet;
use crate::pages::reason;
use crate::state::remote::{Following, follow};
use crate::state::town::of_town;
use crate::state::watch;
use crate::words;
use geodata::wire::{CameraCheck, CameraMarks, NewCheck, NewObstruction, ObstructionMark, Verdict};
use js_sys::Reflect;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use strum::VariantArray as _;
use wasm_bindgen::JsValue;
use web_sys::HtmlFormElement;

/// What is known, and what is on its way.
#[derive(Clone, Copy)]
struct Marks {
    page: Page,
    say: Say,
    /// `/api/cameras/C-017`.
    camera: StoredValue<String>,
    found: Following<Sheet>,
    busy: RwSignal<bool>,
    /// Why something was not done; nothing where all is well.
    trouble: RwSignal<String>,
    /// Of what is being sent: sent again because the answer was lost, it is done once.
    key: StoredValue<String>,
}

/// The part of the camera's card that people write.
pub fn marks(page: Page, say: Say, code: &str) -> AnyView {
    let camera = String::from(js_sys::encode_uri_component(code));
    let camera = ["/api/cameras/", &camera].concat();
    let asked = {
        let path = [&camera, "/obstructions"].concat();
        move || api::address(&path, of_town(page.url.town.get_value().as_ref()))
    };
    let marks = Marks {
        page,
        say,
        camera: StoredValue::new(camera),
        found: follow(asked, page.url.lang.into(), page.health),
        busy: RwSignal::new(false),
        trouble: RwSignal::new(String::new()),
        key: StoredValue::new(api::fresh_key()),
    };
    let known = move || {
        let answer = marks.found.state.get();
        match answer.ready().and_then(|sheet| sheet.camera()) {
            Some(known) => marks.known(known),
            None => not_here(say, &answer, marks.found),
        }
    };
    // Apart from what is known, so that what is typed stays when that changes.
    let may = RwSignal::new(false);
    watch(move || {
        let marks = marks
            .found
            .state
            .with(|found| found.ready().and_then(|sheet| sheet.camera()).is_some_and(|known| known.marks));
        if marks && !may.get_untracked() {
            may.set(true);
        }
    });
    let forms = move || may.get().then(|| marks.forms());
    view! {
        {move || known()}
        <p class="trouble" role="alert">{move || marks.trouble.get()}</p>
        {move || forms()}
    }
    .into_any()
}

impl Marks {
    fn known(self, known: &CameraMarks) -> AnyView {
        let w = self.say.w;
        let obstructions = if known.obstructions.is_empty() {
            view! { <p>{w.obstructions_none}</p> }.into_any()
        } else {
            let items = known.obstructions.iter().map(|mark| self.obstruction(mark, known.marks)).collect_view();
            view! { <ol class="near">{items}</ol> }.into_any()
        };
        let check = known.check.as_ref().map_or_else(|| w.check_none.to_owned(), |check| self.check(check));
        view! {
            <h3>{w.obstructions}</h3>
            {obstructions}
            <h3>{w.last_check}</h3>
            <p>{check}</p>
        }
        .into_any()
    }

    /// `方正 · 11-22 14:02`.
    fn by(self, who: &str, at: geodata::Time) -> String {
        [who, " · ", &self.say.dates.short(at, self.page.clock.now.get_untracked())].concat()
    }

    fn check(self, check: &CameraCheck) -> String {
        let found = words::of(self.say.w.verdict, check.verdict.word());
        let mut parts = vec![found.to_owned()];
        parts.extend(check.note.clone());
        parts.push(self.by(&check.checked_by, check.checked_at));
        parts.join(" · ")
    }

    fn obstruction(self, mark: &ObstructionMark, may: bool) -> AnyView {
        let w = self.say.w;
        #[expect(clippy::cast_possible_truncation, reason = "degrees for a compass")]
        let edge =
            |degrees: f64| [words::of(w.compass, compass(degrees as f32)), " ", &trimmed(degrees, 1), "°"].concat();
        let mut sector = w.sector(&edge(mark.from_deg), &edge(mark.to_deg));
        if let Some(metres) = mark.beyond_m.filter(|metres| *metres > 0.0) {
            sector = [&sector, w.between, &w.beyond(&trimmed(metres, 1))].concat();
        }
        let note = [&sector, " · ", &self.by(&mark.marked_by, mark.marked_at)].concat();
        let (id, label) = (mark.id.clone(), w.unmark(&mark.note));
        let away = may.then(|| {
            let press =
                move || self.send(Errand::delete(self.path(&["/obstructions/", &id].concat())), Box::new(|| ()));
            view! {
                <button class="quiet square" type="button" title=label.clone() aria-label=label on:click=act(press)>
                    {icon(CLOSE)}
                </button>
            }
            .into_any()
        });
        view! { <li><div class="marked"><b>{mark.note.clone()}</b>{away}<small>{note}</small></div></li> }.into_any()
    }

    fn path(self, rest: &str) -> String {
        let path = [&*self.camera.read_value(), rest].concat();
        api::address(&path, of_town(self.page.url.town.get_value().as_ref()))
    }

    /// Sends it, unless something is on its way already; then asks anew what is known.
    fn send(self, errand: Errand, done: Box<dyn FnOnce()>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.trouble.set(String::new());
        let errand = errand.once(&self.key.get_value());
        leptos::task::spawn_local(async move {
            let answer = api::send(errand, self.page.url.lang.get_untracked()).await;
            // The card may have been closed meanwhile; what was done is done all the same.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    self.key.set_value(api::fresh_key());
                    done();
                    self.found.again();
                }
                Err(failure) => self.trouble.set(reason(self.say.w, &failure)),
            }
        });
    }

    /// To mark an obstruction, and to say what the picture looks like.
    fn forms(self) -> AnyView {
        let w = self.say.w;
        let verdicts = Verdict::VARIANTS
            .iter()
            .map(|verdict| option(verdict.word().to_owned(), words::of(w.verdict, verdict.word()).to_owned()))
            .collect_view();
        let verdict =
            view! { <select class="chip" name="verdict" aria-label=w.check_result>{verdicts}</select> }.into_any();
        let fields = [
            ("from", w.azimuth_from, "decimal"),
            ("to", w.azimuth_to, "decimal"),
            ("beyond", w.beyond_field, "decimal"),
            ("note", w.obstruction_note, "text"),
        ];
        let sector = fields.map(|(name, label, mode)| input(name, label, mode)).into_view().into_any();
        view! {
            {self.form("ways", verdict, w.check, Self::checking)}
            <details class="mark-one">
                <summary>{w.mark_obstruction}</summary>
                {self.form("span", sector, w.mark, Self::marking)}
            </details>
        }
        .into_any()
    }

    /// A form, read when it is sent: nothing on the page follows what is typed.
    fn form(self, class: &'static str, fields: AnyView, press: &'static str, errand: Telling) -> AnyView {
        let submit: Box<dyn FnMut(SubmitEvent)> = Box::new(move |event| {
            event.prevent_default();
            let form: HtmlFormElement = event_target(&event);
            if let Some(errand) = errand(self, &form) {
                self.send(errand, Box::new(move || form.reset()));
            }
        });
        view! { <form class=class on:submit=submit>{fields}<button class="chip" type="submit">{press}</button></form> }
            .into_any()
    }

    fn checking(self, form: &JsValue) -> Option<Errand> {
        let verdict = typed(form, "verdict").parse().ok()?;
        Some(Errand::post(self.path("/checks")).with(&NewCheck { verdict, note: None }))
    }

    fn marking(self, form: &JsValue) -> Option<Errand> {
        let number = |name| decimal(&typed(form, name));
        let beyond_m = number("beyond");
        let (Some(from_deg), Some(to_deg)) = (number("from"), number("to")) else { return self.wrong() };
        if beyond_m.is_none() && !typed(form, "beyond").is_empty() {
            return self.wrong();
        }
        let new = NewObstruction { from_deg, to_deg, beyond_m, note: typed(form, "note") };
        Some(Errand::post(self.path("/obstructions")).with(&new))
    }

    fn wrong(self) -> Option<Errand> {
        self.trouble.set(self.say.w.azimuth_wrong.to_owned());
        None
    }
}

/// What a form tells, as an errand; where it can't be, it says why itself.
type Telling = fn(Marks, &JsValue) -> Option<Errand>;

/// What stands in a form's field of this name.
fn typed(form: &JsValue, name: &str) -> String {
    // A form has its fields as members; what it has not reads as nothing.
    let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED);
    member(&member(form, name), "value").as_string().unwrap_or_default().trim().to_owned()
}

/// A field with its label.
fn input(name: &'static str, label: &'static str, mode: &'static str) -> AnyView {
    view! {
        <label>
            <span>{label}</span>
            <input type="text" name=name inputmode=mode autocomplete="off" maxlength="200"/>
        </label>
    }
    .into_any()
}
