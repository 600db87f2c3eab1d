//! A report taken down, in the office or in the field: where, what, how grave, from whom. Whatever follows from these is
//! shown at once and never asked: grid, village, who answers, and what was told nearby already.

mod files;
mod near;
mod place;

use crate::api::{self, Errand};
use crate::components::act;
use crate::components::symbol::{digit, symbol};
use crate::desk::parts::chart::{self, Chart};
use crate::desk::parts::field::{self, Choice, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::{head, search};
use crate::desk::places::Places;
use crate::desk::{Desk, Say, Sheet};
use crate::format;
use crate::model::Target;
use crate::state::watch;
use crate::words;
use files::Files;
use geodata::incident::{Level, NOTE_MAX, Party, Severity, Source, State};
use geodata::place::Position;
use geodata::town::Role;
use geodata::wire::{FeatureKind, IncidentFeature, IncidentProperties, NewIncident, PointGeometry};
use leptos::prelude::*;
pub use place::coordinates;
use std::sync::Arc;
use strum::VariantArray as _;

/// The most characters of a title.
const TITLE_MAX: usize = 80;
/// The key of what is not filed yet, on the map.
const NEW: i64 = 0;

/// What is filled in, and what it is shown on.
#[derive(Clone, Copy)]
pub struct Intake {
    desk: Desk,
    form: Form,
    places: Places,
    chart: Chart,
    /// The place as the search holds it: latitude and longitude as text, or nothing.
    at: RwSignal<Vec<String>>,
    /// What was pressed on the map.
    picked: RwSignal<Option<Position>>,
    category: RwSignal<Vec<String>>,
    title: RwSignal<String>,
    description: RwSignal<String>,
    severity: RwSignal<Severity>,
    source: RwSignal<String>,
    /// Whether it was seen at another time than now, and when.
    earlier: RwSignal<bool>,
    when: RwSignal<String>,
    /// Whether a place outside the town is meant.
    outside: RwSignal<bool>,
    files: Files,
    near: RwSignal<Arc<Vec<Arc<IncidentFeature>>>>,
}

/// The page.
pub fn report(desk: Desk) -> Sheet {
    let text = || RwSignal::new(String::new());
    let field = desk.session.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.role == Role::GridMember));
    let source = if field { Source::GridMember } else { Source::Resident };
    let intake = Intake {
        desk,
        form: Form::new(desk, "report"),
        places: Places::of(desk),
        chart: Chart::new(desk),
        at: RwSignal::new(Vec::new()),
        picked: RwSignal::new(None),
        category: RwSignal::new(Vec::new()),
        title: text(),
        description: text(),
        severity: RwSignal::new(Severity::ALL[3]),
        source: RwSignal::new(source.word().to_owned()),
        earlier: RwSignal::new(false),
        when: text(),
        outside: RwSignal::new(false),
        files: Files::new(),
        near: RwSignal::new(Arc::default()),
    };
    watch(move || {
        if let Some(at) = intake.picked.get() {
            intake.form.mend("position");
            intake.at.set(vec![format::position(at)]);
        }
    });
    // A place found by its name is shown on the map.
    watch(move || {
        if let Some(at) = intake.position()
            && intake.picked.get_untracked().is_none_or(|picked| format::position(picked) != format::position(at))
        {
            intake.chart.centre(at);
        }
    });
    watch(move || intake.chart.selected.set(intake.position().map(|_| Target::Incident(NEW))));
    Box::new(move |say| intake.view(say))
}

impl Intake {
    /// Where it is; subscribes.
    pub fn position(self) -> Option<Position> {
        self.at.with(|at| place::coordinates(at.first()?))
    }

    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let marks = Memo::new(move |_| {
            let mut list: Vec<Arc<IncidentFeature>> = self.near.get().iter().cloned().collect();
            list.extend(self.position().map(|at| Arc::new(self.draft(at))));
            Arc::new(list)
        });
        view! {
            {head(d.nav_report_long, d.report_lead, ())}
            <div class="intake">
                {form::form(say, self.form, d.report_send, move || self.send(say), self.fields(say), self.again(say))}
                <div class="where">
                    {chart::view(self.desk, say, self.chart, marks.into(), None, Some(self.picked.write_only()))}
                    {near::near(self, say)}
                </div>
            </div>
        }
        .into_any()
    }

    fn fields(self, say: Say) -> AnyView {
        let d = say.d;
        let sources = Source::VARIANTS
            .iter()
            .filter(|source| **source != Source::Import)
            .map(|source| Choice::new(source.word(), words::of(d.sources, source.word())));
        let category = self.form.field("category", say.w.category);
        let when = move || {
            self.earlier.get().then(|| {
                let line = Line { kind: "datetime-local", ..Line::default() };
                field::text(say, self.form.field("reported_at", d.report_when), line, self.when)
            })
        };
        let title = self.form.field("title", d.report_title).optional().hint(d.report_title_hint);
        view! {
            {place::field(self, say)}
            {search::one(say, category, self.places.categories(say), self.category)}
            {field::text(say, title, Line::default(), self.title)}
            {field::area(say, self.form.field("description", d.report_description).optional(), 4, NOTE_MAX, self.description)}
            {self.severities(say)}
            {field::choice(say, self.form.field("source", d.report_source), sources.collect(), self.source)}
            {field::check(self.form.field("earlier", d.report_earlier), self.earlier)}
            {move || when()}
            {self.files.view(say)}
        }
        .into_any()
    }

    /// Four signs to choose from.
    fn severities(self, say: Say) -> AnyView {
        let name = self.form.id("severity");
        let options = Severity::ALL.into_iter().rev().map(|severity| {
            let chosen = move || self.severity.get() == severity;
            view! {
                <label class="radio">
                    <input type="radio" name=name.clone() prop:checked=chosen on:change=move |_| self.severity.set(severity)/>
                    {symbol(severity, true, || false)}
                    <span>{words::of(say.w.severity, digit(severity))}</span>
                </label>
            }
            .into_any()
        });
        view! {
            <fieldset class="field">
                <legend>{say.w.severity_filter}</legend>
                <div class="radios signs">{options.collect_view()}</div>
            </fieldset>
        }
        .into_any()
    }

    fn again(self, say: Say) -> AnyView {
        view! { <button class="btn plain" type="button" on:click=act(move || self.clear())>{say.d.clear}</button> }
            .into_any()
    }

    fn clear(self) {
        for text in [self.title, self.description, self.when] {
            text.set(String::new());
        }
        self.at.set(Vec::new());
        self.picked.set(None);
        self.category.set(Vec::new());
        self.severity.set(Severity::ALL[3]);
        self.earlier.set(false);
        self.outside.set(false);
        self.files.clear();
        self.form.clear();
    }

    /// The report as the map draws it before it is filed; subscribes.
    fn draft(self, at: Position) -> IncidentFeature {
        IncidentFeature {
            kind: FeatureKind::Feature,
            id: NEW,
            geometry: PointGeometry::new(at.lon(), at.lat()),
            properties: self.draft_properties(),
        }
    }

    fn draft_properties(self) -> IncidentProperties {
        let category = self.category.with(|c| c.first().and_then(|code| code.parse().ok()));
        IncidentProperties {
            number: String::new(),
            title: self.title.get(),
            category: category.unwrap_or_else(|| geodata::town::CategoryCode::from_name("new")),
            severity: self.severity.get(),
            state: State::Reported,
            level: Level::Grid,
            owner: Party::Grid,
            offered: None,
            source: Source::Resident,
            village: None,
            grid: None,
            outside: false,
            reported_at: self.desk.clock.read(),
            due_at: None,
            ended_at: None,
            acknowledged: None,
            seq: 0,
            simulated: false,
        }
    }

    /// What is filled in; none where something is missing or wrong, which is then told.
    fn read(self, say: Say) -> Option<NewIncident> {
        let position = untrack(|| self.position());
        let category = self.category.with_untracked(|c| c.first().cloned());
        let asked = [("position", position.is_some()), ("category", category.is_some())];
        if !self.form.requires(say, &asked) {
            return None;
        }
        let (position, category) = (position?, category?);
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let (title, description) = (text(self.title), text(self.description));
        let named = untrack(|| category.parse().ok().map(|code| self.places.category(say, &code)));
        let title = if title.is_empty() { named.unwrap_or_default() } else { title };
        let reported_at = if self.earlier.get_untracked() {
            let at = say.dates.read(&self.when.get_untracked());
            if at.is_none() {
                self.form.blame("reported_at", say.d.time_wrong);
                return None;
            }
            at
        } else {
            None
        };
        Some(NewIncident {
            title: title.chars().take(TITLE_MAX).collect(),
            description: (!description.is_empty()).then_some(description),
            category: category.parse().ok()?,
            severity: self.severity.get_untracked(),
            source: self.source.with_untracked(|word| word.parse()).unwrap_or(Source::Resident),
            position,
            reported_at,
            outside: self.outside.get_untracked(),
            simulated: false,
        })
    }

    fn send(self, say: Say) {
        let Some(report) = self.read(say) else { return };
        let path = self.desk.session.path("/api/incidents");
        let errand = Errand::post(path).with(&report).once(&self.form.key());
        self.form.send(errand, move |body| match api::read::<IncidentFeature>(&body) {
            Ok(incident) => self.filed(say, &incident),
            Err(failure) => self.form.refuse(&failure),
        });
    }

    /// Filed: the photos follow, then the incident's own page is shown.
    fn filed(self, say: Say, incident: &IncidentFeature) {
        let (desk, id) = (self.desk, incident.id);
        let href = desk.session.path(&["/incidents/", &id.to_string()].concat());
        let another = desk.session.path("/report");
        desk.toasts
            .offer(say.d.report_filed(&incident.properties.number), say.d.report_another, move || desk.go(&another));
        leptos::task::spawn_local(async move {
            self.files.send_to(desk, say, id).await;
            desk.go(&href);
            desk.refresh_waiting();
        });
    }
}
