//! Working hours: those in force, those before and after, and a form for others.

use super::{Calendar, Question};
use crate::api::Errand;
use crate::desk::Say;
use crate::desk::icons::PLUS;
use crate::desk::parts::field::{self, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::icon_button;
use crate::desk::parts::table::{self, Column};
use chrono::NaiveDate;
use geodata::Invalid;
use geodata::wire::HoursInForce;
use geodata::worktime::{Hours, Season, Shift, Week};
use leptos::prelude::*;

/// The fields of a week, and of the season's.
const USUAL: [&str; 3] = ["workday", "saturday", "sunday"];
const SEASONAL: [&str; 3] = ["season.workday", "season.saturday", "season.sunday"];

impl Calendar {
    pub(super) fn hours(self, say: Say, list: &[HoursInForce]) -> AnyView {
        let d = say.d;
        let today = super::today(self.desk);
        let current = list.iter().rposition(|hours| hours.from <= today);
        let columns = [
            Column(d.col_from_day, "main"),
            Column(d.hours_workday, ""),
            Column(d.hours_saturday, ""),
            Column(d.hours_sunday, ""),
            Column(d.hours_season, "wide"),
        ];
        let rows: Vec<_> = list
            .iter()
            .enumerate()
            .rev()
            .map(|(at, hours)| {
                let standing = match current {
                    Some(current) if at == current => ("active", d.hours_now),
                    Some(current) if at < current => ("never", d.hours_past),
                    _ => ("waiting", d.hours_planned),
                };
                row(say, &columns, hours, standing)
            })
            .collect();
        let begin = current.and_then(|at| list.get(at)).cloned().unwrap_or_else(HoursInForce::usual);
        let change = self.manages().then(|| {
            icon_button("plain", PLUS, d.hours_change, move || self.open.set(Some(Question::Hours(begin.clone()))))
        });
        view! {
            <section class="hours">
                <header class="head"><div><h2>{d.hours}</h2><p>{d.hours_lead}</p></div><div class="does">{change}</div></header>
                {table::table(d.hours, &columns, rows)}
            </section>
        }
        .into_any()
    }
}

fn row(say: Say, columns: &[Column], hours: &HoursInForce, (class, text): (&'static str, &'static str)) -> AnyView {
    let d = say.d;
    let from = if *hours == HoursInForce::usual() { d.hours_always.to_owned() } else { hours.from.to_string() };
    let season = hours.hours.season.as_ref().map(|season| {
        let week = &season.week;
        let days = [("", &week.workday), (d.hours_saturday, &week.saturday), (d.hours_sunday, &week.sunday)];
        let days = days.into_iter().filter(|(_, shifts)| !shifts.is_empty());
        let days = days.map(|(day, shifts)| [day, " ", &shown(say, shifts)].concat()).collect::<Vec<_>>().join(" · ");
        let span = [&String::from(season.from), "–", &String::from(season.to)].concat();
        view! { <div>{span}<small>{days}</small></div> }
    });
    let usual = &hours.hours.usual;
    let cells = vec![
        view! { {from}" "<span class=["standing ", class].concat()>{text}</span> }.into_any(),
        shown(say, &usual.workday).into_any(),
        shown(say, &usual.saturday).into_any(),
        shown(say, &usual.sunday).into_any(),
        season.into_any(),
    ];
    table::row(columns, if class == "never" { "off" } else { "" }, cells)
}

fn shown(say: Say, shifts: &[Shift]) -> String {
    if shifts.is_empty() { say.d.hours_off.to_owned() } else { written(shifts) }
}

/// Shifts as they are typed.
fn written(shifts: &[Shift]) -> String {
    shifts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What is filled in: the first day, a week, and another for a part of the year.
#[derive(Clone, Copy)]
struct Draft {
    from: RwSignal<String>,
    usual: [RwSignal<String>; 3],
    seasonal: RwSignal<bool>,
    season: [RwSignal<String>; 2],
    other: [RwSignal<String>; 3],
}

impl Draft {
    fn of(hours: &Hours, from: NaiveDate) -> Self {
        let week = |week: &Week| [&week.workday, &week.saturday, &week.sunday].map(|day| RwSignal::new(written(day)));
        let season = hours.season.as_ref();
        let days = season.map_or_else(
            || ["05-01".to_owned(), "09-30".to_owned()],
            |season| [season.from, season.to].map(String::from),
        );
        Self {
            from: RwSignal::new(from.to_string()),
            usual: week(&hours.usual),
            seasonal: RwSignal::new(season.is_some()),
            season: days.map(RwSignal::new),
            other: week(season.map_or(&hours.usual, |season| &season.week)),
        }
    }

    /// The hours that this asks for, or the field that is at fault.
    fn read(self) -> Result<HoursInForce, (&'static str, Invalid)> {
        let from = self.from.with_untracked(|day| day.parse());
        let from = from.map_err(|_| ("from", Invalid::new("from", "请填写日期", "choose a day")))?;
        let usual = week(self.usual, USUAL)?;
        let season = self.seasonal.get_untracked().then(|| {
            let day = |which: RwSignal<String>, field| {
                which.with_untracked(|day| day.trim().parse()).map_err(|invalid| (field, invalid))
            };
            let [from, to] = self.season;
            Ok(Season { from: day(from, "season.from")?, to: day(to, "season.to")?, week: week(self.other, SEASONAL)? })
        });
        Ok(HoursInForce { from, hours: Hours { usual, season: season.transpose()? } })
    }
}

/// A week of shifts, checked; a broken rule is told of its own field.
fn week(texts: [RwSignal<String>; 3], fields: [&'static str; 3]) -> Result<Week, (&'static str, Invalid)> {
    let shifts = |at: usize| {
        let parsed = texts[at].with_untracked(|text| {
            let parts = text.split([',', '，', '、', ';', '；', ' ']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::parse).collect::<Result<Vec<Shift>, _>>()
        });
        parsed.map_err(|invalid| (fields[at], invalid))
    };
    let week = Week { workday: shifts(0)?, saturday: shifts(1)?, sunday: shifts(2)? };
    let hours = Hours { usual: week, season: None }.checked();
    let field = |name: &str| USUAL.iter().position(|usual| *usual == name).map_or(fields[0], |at| fields[at]);
    hours.map(|hours| hours.usual).map_err(|invalid| (field(invalid.field), invalid))
}

/// The form.
pub fn edit(page: Calendar, say: Say, begin: &HoursInForce) -> AnyView {
    let d = say.d;
    let form = Form::new(page.desk, "hours");
    let draft = Draft::of(&begin.hours, super::today(page.desk));
    let labels = [d.hours_workday, d.hours_saturday, d.hours_sunday];
    let week = move |fields: [&'static str; 3], texts: [RwSignal<String>; 3]| {
        let lines = (0..3).map(move |at| {
            let field = form.field(fields[at], labels[at]);
            let field = if at == 0 { field.hint(d.hours_hint) } else { field.hint(d.hours_rest_hint).optional() };
            field::text(say, field, Line::default(), texts[at])
        });
        lines.collect_view()
    };
    let season = move || {
        draft.seasonal.get().then(|| {
            let [from, to] = draft.season;
            view! {
                <div class="pair">
                    {field::text(say, form.field("season.from", d.season_from).hint(d.season_hint), Line::default(), from)}
                    {field::text(say, form.field("season.to", d.season_to), Line::default(), to)}
                </div>
                {week(SEASONAL, draft.other)}
            }
        })
    };
    let day = Line { kind: "date", ..Line::default() };
    let fields = view! {
        {field::text(say, form.field("from", d.hours_from).hint(d.hours_from_hint), day, draft.from)}
        {week(USUAL, draft.usual)}
        {field::check(form.field("season", d.season_on), draft.seasonal)}
        {move || season()}
    };
    let send = move || match draft.read() {
        Ok(hours) => {
            form.send(Errand::put(page.desk.session.path("/api/hours")).with(&hours), move |_| page.saved(say));
        }
        Err((field, rule)) => form.blame(field, say.rule(rule)),
    };
    form::form(say, form, d.save, send, fields, page.cancel(say))
}
