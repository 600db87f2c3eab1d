//! One incident, whole: what and where, whose move it is and how long they have, what may be done, photos, and the chain
//! of all that was done, by whose clock.

mod aside;
mod disputants;
mod head;
mod photos;
mod timeline;

pub use aside::people_line;

use crate::api::Failure;
use crate::desk::acts::Acts;
use crate::desk::parts::{chart, chart::Chart, lines};
use crate::desk::places::Places;
use crate::desk::{Desk, Say, Sheet};
use crate::model::Target;
use crate::state::remote::{Following, Remote};
use crate::state::watch;
use disputants::Disputants;
use geodata::wire::IncidentDetail;
use leptos::prelude::*;
use photos::Photos;
use std::sync::Arc;

/// The page's state.
#[derive(Clone, Copy)]
pub struct Page {
    desk: Desk,
    detail: Following<IncidentDetail>,
    acts: Acts,
    photos: Photos,
    disputants: Disputants,
    chart: Chart,
    places: Places,
}

/// The page.
pub fn incident(desk: Desk, id: i64) -> Sheet {
    let path = ["/api/incidents/", &id.to_string()].concat();
    let detail = desk.follow::<IncidentDetail>(move || desk.session.path(&path));
    desk.keep_fresh(detail, Some(id));
    let again = move || detail.again();
    let chart = Chart::new(desk);
    chart.selected.set(Some(Target::Incident(id)));
    let page = Page {
        desk,
        detail,
        acts: Acts::new(desk, again),
        photos: Photos::new(desk, id, again),
        disputants: Disputants::new(desk, id),
        chart,
        places: Places::of(desk),
    };
    // The town's name for the browser's tab, and the incident's.
    watch(move || {
        let title = detail.state.with(|d| d.ready().map(|d| d.incident.properties.title.clone()));
        if let Some(title) = title {
            let w = desk.say.get().w;
            document().set_title(&[title.as_str(), " · ", w.product].concat());
        }
    });
    Box::new(move |say| page.view(say))
}

impl Page {
    /// A part of the answer, kept while it stays the same: what has the focus in a part must not be drawn anew because
    /// another part has changed. Nothing until the answer is here.
    fn part<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        of: impl Fn(&IncidentDetail) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.detail.state.with(|state| state.ready().map(|detail| of(detail))))
    }

    fn view(self, say: Say) -> AnyView {
        let stage = Memo::new(move |_| {
            self.detail.state.with(|state| match state {
                Remote::Loading => Ok(false),
                Remote::Ready(_) => Ok(true),
                Remote::Failed(failure) => Err(failure.clone()),
            })
        });
        let body = move || match stage.get() {
            Ok(false) => lines(),
            Ok(true) => self.whole(say),
            Err(failure) => self.failed(say, &failure),
        };
        view! {
            {move || body()}
            {self.acts.dialog(say)}
            {self.photos.dialogs(say)}
            {self.disputants.dialog(say)}
        }
        .into_any()
    }

    fn failed(self, say: Say, failure: &Failure) -> AnyView {
        let gone = matches!(failure, Failure::Refused(404, _));
        let title = if gone { say.d.incident_gone } else { say.w.detail_failed };
        let why = if gone { say.d.incident_gone_hint.to_owned() } else { crate::pages::reason(say.w, failure) };
        view! {
            <div class="empty" role="alert">
                <h1>{title}</h1>
                <span>{why}</span>
                <button type="button" on:click=crate::components::act(move || self.detail.again())>{say.w.retry}</button>
            </div>
        }
        .into_any()
    }

    fn whole(self, say: Say) -> AnyView {
        let offers = self.part(|d| (d.incident.clone(), d.offers.clone()));
        let acts = move || {
            offers.get().map(|(incident, offers)| {
                if offers.is_empty() {
                    view! { <p class="hint">{say.d.no_acts}</p> }.into_any()
                } else {
                    self.acts.all(say, &Arc::new(incident), &offers)
                }
            })
        };
        let incidents = self.part(|d| Arc::new(vec![Arc::new(d.incident.clone())]));
        let shown = Memo::new(move |_| incidents.get().unwrap_or_default());
        let near = self.detail.state.with_untracked(|s| s.ready().map(|d| d.incident.geometry.coordinates));
        view! {
            {head::head(self, say)}
            <div class="case">
                <div class="main">
                    {head::report(self, say)}
                    {self.disputants.view(say, self.part(|d| d.opens_parties))}
                    {self.photos.view(say, self.part(|d| d.photos.clone()), self.part(|d| d.incident.properties.state))}
                    {timeline::timeline(self, say)}
                </div>
                <aside class="side">
                    <section class="box">{aside::clock(self, say)}{move || acts()}</section>
                    {chart::view(self.desk, say, self.chart, shown.into(), near, None)}
                    {aside::chain(self, say)}
                    {aside::terms(self, say)}
                </aside>
            </div>
        }
        .into_any()
    }
}
