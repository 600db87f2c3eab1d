//! My work: what waits for the person, the most urgent first, with the clock, and the steps at hand. Under a second tab,
//! what they answer for while another's move is awaited.
//!
//! Keys: arrows walk through the rows, Enter opens one, a digit takes the step of that number, X marks it for a step with
//! several.

mod number;
mod row;

use crate::components::act;
use crate::desk::acts::{Acts, onward};
use crate::desk::parts::{head, remote};
use crate::desk::places::Places;
use crate::desk::{Desk, Say, Sheet};
use crate::state::remote::Following;
use crate::state::watch;
use geodata::incident::Action;
use geodata::incident::rights::Offer;
use geodata::wire::{IncidentFeature, Work, WorkItem};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use number::Number;
use std::sync::Arc;

/// What a role may do with several incidents at once.
const TOGETHER: [Action; 4] = [Action::Dispatch, Action::Accept, Action::Supervise, Action::Archive];

/// The page's state.
#[derive(Clone, Copy)]
pub struct Page {
    desk: Desk,
    work: Following<Work>,
    acts: Acts,
    places: Places,
    /// Whether the second tab is open.
    answering: RwSignal<bool>,
    /// Only what is late.
    late: RwSignal<bool>,
    /// Marked for a step with several.
    marked: RwSignal<Vec<i64>>,
    number: Number,
}

/// The page.
pub fn work(desk: Desk) -> Sheet {
    let work = desk.follow::<Work>(move || desk.session.path("/api/work"));
    desk.keep_fresh(work, None);
    let page = Page {
        desk,
        work,
        acts: Acts::new(desk, move || work.again()),
        places: Places::of(desk),
        answering: RwSignal::new(false),
        late: RwSignal::new(false),
        marked: RwSignal::new(Vec::new()),
        number: Number::new(desk),
    };
    watch(move || {
        work.state.with(|state| {
            if let Some(work) = state.ready() {
                desk.clock.set(work.now);
                desk.waiting.set(i64::try_from(work.items.len()).ok());
            }
        });
    });
    Box::new(move |say| page.view(say))
}

impl Page {
    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let counts =
            Memo::new(move |_| self.work.state.with(|s| s.ready().map(|w| (w.items.len(), w.answering.len()))));
        let lead = move || {
            counts.get().map(
                |(waiting, _)| if waiting == 0 { d.work_none.to_owned() } else { d.work_lead(&waiting.to_string()) },
            )
        };
        let known = Memo::new(move |_| self.work.state.with(|s| s.ready().is_some()));
        let body = move || {
            if known.get() {
                self.list(say)
            } else {
                self.work.state.with(|state| remote(say, state, move || self.work.again(), |_| ().into_any()))
            }
        };
        let actions = view! { {self.number.view(say)}{self.together(say)} };
        view! {
            {head(d.nav_work_long, view! { {move || lead()} }, actions)}
            {self.tabs(say, counts)}
            {move || body()}
            {self.acts.dialog(say)}
        }
        .into_any()
    }

    fn tabs(self, say: Say, counts: Memo<Option<(usize, usize)>>) -> AnyView {
        let d = say.d;
        let count = move |second: bool| {
            counts.get().map(|(waiting, answering)| if second { answering } else { waiting }.to_string())
        };
        let tab = move |second: bool, text: &'static str| {
            let pressed = move || if self.answering.get() == second { "true" } else { "false" };
            view! {
                <button type="button" aria-pressed=pressed on:click=act(move || self.answering.set(second))>
                    {text}" "<span>{move || count(second)}</span>
                </button>
            }
            .into_any()
        };
        let late = move || if self.late.get() { "true" } else { "false" };
        view! {
            <div class="tabs inner">
                {tab(false, d.work_waiting)}
                {tab(true, d.work_answering)}
                <span class="space"></span>
                <button class="chip" type="button" aria-pressed=late on:click=act(move || self.late.update(|l| *l = !*l))>
                    {d.work_late}
                </button>
            </div>
        }
        .into_any()
    }

    /// The items of the open tab; subscribes.
    fn items(self) -> Vec<WorkItem> {
        let (answering, late, now) = (self.answering.get(), self.late.get(), self.desk.clock.now.get());
        self.work.state.with(|state| {
            let Some(work) = state.ready() else { return Vec::new() };
            let keep = |p: &IncidentFeature| !late || p.properties.is_late(now);
            if answering {
                let items = work.answering.iter().filter(|i| keep(i));
                items.map(|incident| row::answering(incident)).collect()
            } else {
                work.items.iter().filter(|item| keep(&item.incident)).cloned().collect()
            }
        })
    }

    /// Rows that stay while nothing in them changes, so that nobody's focus is lost when the answer is fetched anew.
    fn list(self, say: Say) -> AnyView {
        let items = Memo::new(move |_| self.items());
        let keys = move || {
            items.with(|items| {
                items
                    .iter()
                    .map(|i| (i.incident.id, i.incident.properties.seq, <&str>::from(i.why)))
                    .collect::<Vec<_>>()
            })
        };
        let row = move |(id, ..): (i64, i64, &'static str)| {
            let item = Memo::new(move |_| items.with(|items| items.iter().find(|i| i.incident.id == id).cloned()));
            item.get_untracked().map(|first| row::row(self, say, &first, item))
        };
        let none = move || {
            items.with(Vec::is_empty).then(|| {
                let (title, hint) =
                    if self.late.get() { (say.w.empty_overdue, "") } else { (say.d.work_none, say.d.work_none_hint) };
                crate::desk::parts::empty(title, hint)
            })
        };
        view! {
            <ul class="work" aria-label=say.d.nav_work_long on:keydown=move |event| self.key(say, &event)>
                <For each=keys key=|key| *key children=row/>
            </ul>
            {move || none()}
        }
        .into_any()
    }

    /// What can be done with all that are marked.
    fn together(self, say: Say) -> AnyView {
        // Compared, so that the bar and the focus in it outlast each tick of the clock.
        let offers = Memo::new(move |_| {
            let items = self.items();
            let marked = self.marked.get();
            let chosen: Vec<&WorkItem> = items.iter().filter(|i| marked.contains(&i.incident.id)).collect();
            let common = |action: &Action| {
                let offer = chosen.first()?.offers.iter().find(|o| o.action == *action)?;
                chosen.iter().all(|i| i.offers.iter().any(|o| o.action == *action)).then_some(*offer)
            };
            let incidents: Vec<Arc<IncidentFeature>> = chosen.iter().map(|i| Arc::new(i.incident.clone())).collect();
            (TOGETHER.iter().filter_map(common).collect::<Vec<Offer>>(), incidents)
        });
        let bar = move || {
            let (offers, incidents) = offers.get();
            if incidents.is_empty() {
                return ().into_any();
            }
            let buttons = offers.into_iter().map(|offer| {
                let incidents = incidents.clone();
                let press = move || self.acts.press_several(incidents.clone(), offer, self.marked);
                let text = crate::words::of(say.d.act, offer.action.word());
                crate::desk::parts::button("primary", text, press)
            });
            view! {
                <span class="marked">{say.d.marked(&incidents.len().to_string())}</span>
                {buttons.collect_view()}
                {crate::desk::parts::button("plain", say.d.clear, move || self.marked.set(Vec::new()))}
            }
            .into_any()
        };
        view! { {move || bar()} }.into_any()
    }

    fn key(self, say: Say, event: &KeyboardEvent) {
        let row = event_target::<web_sys::Element>(event);
        if !row.class_list().contains("job") || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let id = row.get_attribute("data-incident").and_then(|id| id.parse::<i64>().ok());
        let item = untrack(|| self.items()).into_iter().find(|item| Some(item.incident.id) == id);
        let Some(item) = item else { return };
        let step = |forward: bool| {
            let next = if forward { row.next_element_sibling() } else { row.previous_element_sibling() };
            if let Some(next) = next {
                crate::desk::site::focus(&next.id());
            }
        };
        match event.key().as_str() {
            "ArrowDown" | "j" => step(true),
            "ArrowUp" | "k" => step(false),
            "Enter" => self.desk.go(&self.desk.session.path(&["/incidents/", &item.incident.id.to_string()].concat())),
            "x" => self.mark(item.incident.id),
            digit => {
                let Some(n) = digit.parse::<usize>().ok().filter(|n| *n > 0) else { return };
                let Some(offer) = numbered(&item.offers).into_iter().nth(n - 1) else { return };
                self.acts.press(say, Arc::new(item.incident), offer);
            }
        }
        event.prevent_default();
    }

    fn mark(self, id: i64) {
        self.marked.update(|marked| match marked.iter().position(|m| *m == id) {
            Some(at) => {
                marked.remove(at);
            }
            None => marked.push(id),
        });
    }
}

/// The steps in the order in which digits take them: the likeliest, then the others.
fn numbered(offers: &[Offer]) -> Vec<Offer> {
    let first = onward(offers);
    let rest = offers.iter().copied().filter(|o| Some(o.action) != first.map(|f| f.action));
    first.into_iter().chain(rest).collect()
}
