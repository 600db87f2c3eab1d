//! The parties to a dispute, for those who handle it: read with a reason that is written down, in sight until they are put away or the
//! page is left, and written in place of those that were there.

use crate::api::{self, Errand};
use crate::desk::icons::PLUS;
use crate::desk::parts::field::{self, Choice, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::{button, dialog, icon_button, listed};
use crate::desk::site::focus;
use crate::desk::{Desk, Say};
use crate::words;
use geodata::dispute::{self, Disputant, REASON_MAX, Side};
use leptos::prelude::*;
use strum::VariantArray as _;

/// What is asked about them.
#[derive(Debug, Clone, Copy)]
enum Question {
    /// Why they are to be read.
    Why,
    /// Who they are.
    Who,
}

/// The parties to one dispute.
#[derive(Clone, Copy)]
pub struct Disputants {
    desk: Desk,
    id: i64,
    read: RwSignal<Option<Vec<Disputant>>>,
    open: RwSignal<Option<Question>>,
}

impl Disputants {
    /// Of this incident; nothing is read yet.
    pub fn new(desk: Desk, id: i64) -> Self {
        Self { desk, id, read: RwSignal::new(None), open: RwSignal::new(None) }
    }

    fn path(self, pairs: &[(&'static str, String)]) -> String {
        self.desk.session.query(&["/api/incidents/", &self.id.to_string(), "/parties"].concat(), pairs)
    }

    /// The section; none for whom it is not.
    pub fn view(self, say: Say, is_for: Memo<Option<bool>>) -> AnyView {
        let section = move || {
            (is_for.get() == Some(true)).then(|| {
                view! { <section class="box disputants"><h2>{say.d.disputants}</h2>{move || self.list(say)}</section> }
            })
        };
        view! { {move || section()} }.into_any()
    }

    fn list(self, say: Say) -> AnyView {
        let d = say.d;
        let Some(list) = self.read.get() else {
            return view! {
                <p class="hint">{d.disputants_lead}</p>
                <div class="does">{button("plain", d.disputants_read, move || self.open.set(Some(Question::Why)))}</div>
            }
            .into_any();
        };
        let (names, write) = if list.is_empty() {
            (view! { <p class="hint">{d.disputants_none}</p> }.into_any(), d.disputants_add)
        } else {
            let rows = list.iter().map(|party| {
                view! {
                    <li>
                        <small>{side(say, party)}</small>
                        <span><b>{party.name.clone()}</b>" "{party.contact.clone()}</span>
                    </li>
                }
            });
            (view! { <ul class="parties">{rows.collect_view()}</ul> }.into_any(), d.disputants_change)
        };
        view! {
            {names}
            <div class="does">
                {button("plain", write, move || self.open.set(Some(Question::Who)))}
                {button("quiet", d.disputants_away, move || self.read.set(None))}
            </div>
        }
        .into_any()
    }

    /// What lies over the page.
    pub fn dialog(self, say: Say) -> AnyView {
        let title = move |question: &Question| {
            let title = match question {
                Question::Why => say.d.disputants_read,
                Question::Who => say.d.disputants,
            };
            title.to_owned()
        };
        let body = move |question| match question {
            Question::Why => self.why(say),
            Question::Who => self.who(say),
        };
        dialog::dialog(say, self.open, title, body)
    }

    fn cancel(self, say: Say) -> AnyView {
        button("plain", say.d.cancel, move || self.open.set(None))
    }

    fn why(self, say: Say) -> AnyView {
        let d = say.d;
        let (form, reason) = (Form::new(self.desk, "why"), RwSignal::new(String::new()));
        let send = move || match reason.with_untracked(|text| dispute::reason(text)) {
            Ok(reason) => {
                let errand = Errand::get(self.path(&[("reason", reason)]));
                form.send(errand, move |body| match api::read(&body) {
                    Ok(parties) => {
                        self.read.set(Some(parties));
                        self.open.set(None);
                    }
                    Err(failure) => form.refuse(&failure),
                });
            }
            Err(rule) => form.blame("reason", say.rule(rule)),
        };
        let asked = form.field("reason", d.disputants_why).hint(d.disputants_why_hint);
        form::form(say, form, d.disputants_show, send, field::area(say, asked, 2, REASON_MAX, reason), self.cancel(say))
    }

    fn who(self, say: Say) -> AnyView {
        let form = Form::new(self.desk, "parties");
        let draft = Draft::of(form, self.read.get_untracked().unwrap_or_default());
        let send = move || {
            // What is filled in but not added yet is meant as well.
            if draft.is_begun() && !draft.add(say) {
                return;
            }
            match dispute::checked(draft.list.get_untracked()) {
                Ok(parties) => {
                    let errand = Errand::put(self.path(&[])).with(&parties);
                    form.send(errand, move |_| {
                        self.read.set(Some(parties));
                        self.open.set(None);
                        self.desk.toasts.tell(say.d.disputants_saved);
                    });
                }
                Err(rule) => form.blame_all(say.rule(rule)),
            }
        };
        let list = move || draft.lines(say);
        let fields = view! {
            {move || list()}
            {draft.adding(say)}
        };
        form::form(say, form, say.d.save, send, fields, self.cancel(say))
    }
}

/// The list while it is changed, and the party that is being added.
#[derive(Clone, Copy)]
struct Draft {
    form: Form,
    list: RwSignal<Vec<Disputant>>,
    name: RwSignal<String>,
    contact: RwSignal<String>,
    side: RwSignal<String>,
}

impl Draft {
    fn of(form: Form, list: Vec<Disputant>) -> Self {
        let text = || RwSignal::new(String::new());
        Self { form, list: RwSignal::new(list), name: text(), contact: text(), side: text() }
    }

    fn is_begun(self) -> bool {
        [self.name, self.contact].iter().any(|text| text.with_untracked(|text| !text.trim().is_empty()))
    }

    fn lines(self, say: Say) -> AnyView {
        let list = self.list.get();
        if list.is_empty() {
            return view! { <p class="hint">{say.d.disputants_none}</p> }.into_any();
        }
        let rows = list.into_iter().enumerate().map(|(at, party)| self.line(say, at, party)).collect::<Vec<_>>();
        view! { <ul class="plan" aria-label=say.d.disputants>{rows}</ul> }.into_any()
    }

    fn line(self, say: Say, at: usize, party: Disputant) -> AnyView {
        let name = party.name.clone();
        let contact = party.contact.clone().map(|contact| view! { <small>{contact}</small> });
        let told = view! { <span>{side(say, &party)}</span>{contact} }.into_any();
        let remove = move || self.list.update(|list| drop(list.remove(at)));
        let change = move || {
            remove();
            self.name.set(party.name.clone());
            self.contact.set(party.contact.clone().unwrap_or_default());
            self.side.set(party.side.map(|side| side.word().to_owned()).unwrap_or_default());
            focus(&self.form.id("name"));
        };
        view! {
            <li>{listed(say, &name, told, change, remove)}</li>
        }
        .into_any()
    }

    fn adding(self, say: Say) -> AnyView {
        let (d, form) = (say.d, self.form);
        let sides =
            Side::VARIANTS.iter().map(|side| Choice::new(side.word(), words::of(d.side, side.word()))).collect();
        let add = move || {
            self.add(say);
        };
        let line = Line::default();
        view! {
            <fieldset class="adding">
                <legend>{d.disputant_add}</legend>
                <div class="pair loose">
                    {field::text(say, form.field("name", d.name), line, self.name)}
                    {field::choice(say, form.field("side", d.disputant_side).optional(), sides, self.side)}
                </div>
                {field::text(say, form.field("contact", d.disputant_contact).hint(d.disputant_contact_hint).optional(), line, self.contact)}
                <div class="does">{icon_button("plain", PLUS, d.disputant_put, add)}</div>
            </fieldset>
        }
        .into_any()
    }

    /// Puts what is filled in into the list; tells whether it could.
    fn add(self, say: Say) -> bool {
        self.form.clear();
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let party = Disputant {
            name: text(self.name),
            contact: Some(text(self.contact)).filter(|contact| !contact.is_empty()),
            side: self.side.with_untracked(|word| word.parse().ok()),
        };
        match dispute::checked(vec![party]) {
            Ok(parties) => {
                self.list.update(|list| list.extend(parties));
                for text in [self.name, self.contact, self.side] {
                    text.set(String::new());
                }
                focus(&self.form.id("name"));
                true
            }
            Err(rule) => {
                self.form.blame(rule.field, say.rule(rule));
                false
            }
        }
    }
}

fn side(say: Say, party: &Disputant) -> &'static str {
    party.side.map(|side| words::of(say.d.side, side.word())).unwrap_or_default()
}
