//! Steps with incidents, for every page that offers them: the buttons, the question where a step asks for something, the
//! sending, and what is said afterwards. A step that asks for nothing is taken at one press.

mod ask;
mod finder;
pub mod nearby;
mod recipients;

use super::parts::{button, dialog};
use super::{Desk, Say};
use crate::api::{self, Errand, Failure};
use crate::components::icons::icon;
use crate::components::{act, menu};
use crate::desk::icons::DOTS;
use crate::words;
use geodata::incident::rights::Offer;
use geodata::incident::{Action, Needs};
use geodata::wire::{Act, BulkAct, BulkResult, IncidentFeature, Seen};
use leptos::prelude::*;
use recipients::Recipients;
use std::rc::Rc;
use std::sync::Arc;

/// The steps that carry an incident on, the likeliest first: the one that a button is made of.
const ONWARD: [Action; 12] = [
    Action::Acknowledge,
    Action::Accept,
    Action::Start,
    Action::Check,
    Action::Close,
    Action::Dispatch,
    Action::Answer,
    Action::ReportBack,
    Action::Resume,
    Action::Verify,
    Action::FollowUp,
    Action::Archive,
];

/// A step that is being asked about.
#[derive(Clone)]
pub struct Question {
    /// With which incidents; one, mostly.
    incidents: Vec<Arc<IncidentFeature>>,
    offer: Offer,
    /// The marks that they were chosen by, where they were.
    marked: Option<RwSignal<Vec<i64>>>,
}

/// The steps of one page.
#[derive(Clone, Copy)]
pub struct Acts {
    desk: Desk,
    open: RwSignal<Option<Question>>,
    recipients: Recipients,
    done: StoredValue<Rc<dyn Fn()>, LocalStorage>,
}

impl Acts {
    /// Steps of a page; `done` is called after each, and also where one was refused because things have moved on.
    pub fn new(desk: Desk, done: impl Fn() + 'static) -> Self {
        Self {
            desk,
            open: RwSignal::new(None),
            recipients: Recipients::new(desk),
            done: StoredValue::new_local(Rc::new(done)),
        }
    }

    /// The dialogue that asks for what a step needs. Stands once on a page.
    pub fn dialog(self, say: Say) -> AnyView {
        let title = move |question: &Question| {
            let action = words::of(say.d.act, question.offer.action.word());
            match &question.incidents[..] {
                [one] => [action, say.d.colon, &one.properties.title].concat(),
                several => [action, say.d.colon, &say.w.count(&several.len().to_string())].concat(),
            }
        };
        dialog::dialog(say, self.open, title, move |question| ask::ask(self, say, question))
    }

    /// The buttons of one incident: the likeliest step, then the others in the order of its life.
    pub fn all(self, say: Say, incident: &Arc<IncidentFeature>, offers: &[Offer]) -> AnyView {
        let first = onward(offers);
        let rest = offers.iter().filter(|offer| Some(offer.action) != first.map(|f| f.action));
        let buttons = first.iter().chain(rest).enumerate().map(|(i, offer)| {
            let class = if i == 0 && first.is_some() { "primary" } else { "plain" };
            self.button(say, class, incident, *offer)
        });
        view! { <div class="does acts">{buttons.collect_view()}</div> }.into_any()
    }

    /// The likeliest step as a button, and the others in a menu beside it.
    pub fn short(self, say: Say, incident: &Arc<IncidentFeature>, offers: &[Offer]) -> AnyView {
        let first = onward(offers);
        let rest: Vec<Offer> = offers.iter().copied().filter(|o| Some(o.action) != first.map(|f| f.action)).collect();
        let (items, target) = (rest.clone(), incident.clone());
        let items = items.into_iter().map(move |offer| {
            let target = target.clone();
            let press = move || self.press(say, target.clone(), offer);
            let text = words::of(say.d.act, offer.action.word());
            view! { <button type="button" on:click=act(press)>{text}</button> }.into_any()
        });
        let label = [say.d.more_acts, say.d.colon, &incident.properties.title].concat();
        let more = (!rest.is_empty()).then(|| menu::menu("dots", label, icon(DOTS), items.collect_view().into_any()));
        view! {
            {first.map(|offer| self.button(say, "primary", incident, offer))}
            {more}
        }
        .into_any()
    }

    fn button(self, say: Say, class: &'static str, incident: &Arc<IncidentFeature>, offer: Offer) -> AnyView {
        let incident = incident.clone();
        let text = words::of(say.d.act, offer.action.word());
        button(class, text, move || self.press(say, incident.clone(), offer))
    }

    /// Takes a step, or asks for what it needs.
    pub fn press(self, say: Say, incident: Arc<IncidentFeature>, offer: Offer) {
        if asks(offer.needs) {
            self.open.set(Some(Question { incidents: vec![incident], offer, marked: None }));
            return;
        }
        let (desk, id) = (self.desk, incident.id);
        let step = Act { seen_seq: Some(incident.properties.seq), ..Act::plain(offer.action) };
        let errand = Errand::post(self.path(id)).with(&step).once(&api::fresh_key());
        leptos::task::spawn_local(async move {
            match api::send(errand, say.w.lang).await {
                Ok(body) => self.tell(say, offer.action, api::read(&body).ok()),
                Err(failure) => self.warn(say, &failure),
            }
            self.settle();
            desk.refresh_waiting();
        });
    }

    /// The same step with several incidents. Each with which it was done is taken out of `marked`; the others stay marked.
    pub fn press_several(self, incidents: Vec<Arc<IncidentFeature>>, offer: Offer, marked: RwSignal<Vec<i64>>) {
        self.open.set(Some(Question { incidents, offer, marked: Some(marked) }));
    }

    fn path(self, id: i64) -> String {
        self.desk.session.path(&["/api/incidents/", &id.to_string(), "/events"].concat())
    }

    fn settle(self) {
        if let Some(done) = self.done.try_with_value(Rc::clone) {
            done();
        }
    }

    /// Tells what was done, and offers to take back what can be.
    fn tell(self, say: Say, action: Action, incident: Option<IncidentFeature>) {
        let did = words::of(say.w.action, action.word());
        let Some(incident) = incident else { return self.desk.toasts.tell(did) };
        let text = [&incident.properties.title, say.d.colon, did].concat();
        let returnable = matches!(action, Action::Dispatch | Action::Refer | Action::PassUp | Action::PassDown);
        if returnable && incident.properties.offered.is_some() {
            let incident = Arc::new(incident);
            let offer = Offer { action: Action::Undo, needs: Needs::of(Action::Undo) };
            self.desk.toasts.offer(text, say.d.undo, move || self.press(say, incident.clone(), offer));
        } else {
            self.desk.toasts.tell(text);
        }
    }

    fn warn(self, say: Say, failure: &Failure) {
        match failure {
            Failure::Refused(_, said) if !said.message.is_empty() => self.desk.toasts.warn(said.message.clone()),
            _ => self.desk.toasts.warn(crate::pages::reason(say.w, failure)),
        }
    }

    /// Tells what became of several, one sentence for those that were refused.
    fn tell_several(self, say: Say, action: Action, results: &[BulkResult]) {
        let done = results.iter().filter(|result| result.error.is_none()).count();
        let did = words::of(say.w.action, action.word());
        self.desk.toasts.tell([did, say.d.colon, &say.w.count(&done.to_string())].concat());
        let refused: Vec<&str> = results.iter().filter_map(|r| r.error.as_ref().map(|e| &*e.message)).collect();
        if let Some(why) = refused.first() {
            self.desk.toasts.warn(say.d.bulk_refused(&refused.len().to_string(), why));
        }
    }
}

/// The step that carries an incident on, where one of them is offered.
pub fn onward(offers: &[Offer]) -> Option<Offer> {
    ONWARD.iter().find_map(|action| offers.iter().find(|offer| offer.action == *action)).copied()
}

/// Whether a step asks for anything.
fn asks(needs: Needs) -> bool {
    needs != Needs::default()
}

/// The step for each of several, as they were last seen.
fn for_all(incidents: &[Arc<IncidentFeature>], act: Act) -> BulkAct {
    let seen = incidents.iter().map(|i| Seen { id: i.id, seq: Some(i.properties.seq) });
    BulkAct { incidents: seen.collect(), act }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_step_is_the_button() {
        let offer = |action| Offer { action, needs: Needs::of(action) };
        let offers = [Action::Verify, Action::Accept, Action::Return].map(offer);
        assert_eq!(onward(&offers).map(|o| o.action), Some(Action::Accept));
        assert_eq!(onward(&[offer(Action::Return)]), None);
        assert!(!asks(Needs::of(Action::Accept)) && asks(Needs::of(Action::Return)));
    }
}
