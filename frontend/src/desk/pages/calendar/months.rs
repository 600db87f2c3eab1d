//! A year's twelve months. One day has the keyboard; arrows walk from day to day, page keys from month to month.

use super::{Calendar, Question};
use crate::desk::Say;
use crate::desk::site::focus;
use crate::words;
use chrono::{Datelike as _, Days, Months, NaiveDate};
use geodata::town::Name;
use geodata::wire::{CalendarDay, CalendarYear};
use geodata::worktime::DayKind;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The words of weekdays in the tables of text, from Monday on.
pub const WEEKDAYS: [&str; 7] = ["1", "2", "3", "4", "5", "6", "7"];
/// Those of months.
const MONTHS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

/// `2026-10-01, Thursday`.
pub fn label(say: Say, date: NaiveDate) -> String {
    say.d.date_of(&date.to_string(), weekday(say, date))
}

/// A date's day of the week.
pub fn weekday(say: Say, date: NaiveDate) -> &'static str {
    words::of(say.d.weekdays, WEEKDAYS[date.weekday().num_days_from_monday() as usize])
}

impl Calendar {
    pub(super) fn months(self, say: Say, year: &CalendarYear) -> AnyView {
        let months = year.days.chunk_by(|a, b| a.date.month() == b.date.month()).map(|days| self.month(say, days));
        view! {
            <div class="months" on:keydown=move |event| self.key(&event)>{months.collect_view()}</div>
        }
        .into_any()
    }

    fn month(self, say: Say, days: &[CalendarDay]) -> AnyView {
        let Some(first) = days.first().map(|day| day.date) else { return ().into_any() };
        let name = words::of(say.d.months, MONTHS[first.month0() as usize]);
        let heads = WEEKDAYS.map(|day| {
            view! {
                <th scope="col"><abbr title=words::of(say.d.weekdays, day)>{words::of(say.d.weekdays_short, day)}</abbr></th>
            }
            .into_any()
        });
        let before = first.weekday().num_days_from_monday() as usize;
        let mut cells: Vec<AnyView> = (0..before).map(|_| view! { <td></td> }.into_any()).collect();
        cells.extend(days.iter().map(|day| view! { <td>{self.cell(say, day)}</td> }.into_any()));
        let mut weeks = Vec::new();
        while !cells.is_empty() {
            let rest = cells.split_off(cells.len().min(7));
            weeks.push(view! { <tr>{std::mem::replace(&mut cells, rest)}</tr> }.into_any());
        }
        view! {
            <table class="month">
                <caption>{name}</caption>
                <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
                <tbody>{weeks}</tbody>
            </table>
        }
        .into_any()
    }

    fn cell(self, say: Say, day: &CalendarDay) -> AnyView {
        let date = day.date;
        let sign = words::of(say.d.day_sign, day.kind.word());
        let number = date.day();
        let told = told(say, day);
        let today = date == super::today(self.desk);
        let class =
            ["date ", day.kind.word(), if day.edited { " edited" } else { "" }, if today { " today" } else { "" }]
                .concat();
        // The sign is drawn, not written: its meaning stands in the words.
        let inner = view! { {number}<i data-sign=sign></i> };
        if !self.manages() {
            return view! { <span class=class title=told.clone()>{inner}<span class="unseen">{told.clone()}</span></span> }.into_any();
        }
        let first = date.ordinal() == 1;
        let reached = move || self.at.get().map_or(first, |at| at == date);
        let asked = day.clone();
        // Who speaks to their computer says what they see: the number.
        let label = [&number.to_string(), " · ", &told].concat();
        let press = move |_| {
            self.at.set(Some(date));
            self.open.set(Some(Question::Day(asked.clone())));
        };
        view! {
            <button class=class type="button" id=id(date) title=told.clone() aria-label=label aria-haspopup="dialog"
                tabindex=move || if reached() { "0" } else { "-1" } on:click=press>{inner}</button>
        }
        .into_any()
    }

    fn key(self, event: &KeyboardEvent) {
        let first = NaiveDate::from_yo_opt(self.year.get_untracked(), 1);
        let Some(at) = self.at.get_untracked().or(first).filter(|_| self.manages()) else { return };
        let to = match event.key().as_str() {
            "ArrowLeft" => at.pred_opt(),
            "ArrowRight" => at.succ_opt(),
            "ArrowUp" => at.checked_sub_days(Days::new(7)),
            "ArrowDown" => at.checked_add_days(Days::new(7)),
            "PageUp" => at.checked_sub_months(Months::new(1)),
            "PageDown" => at.checked_add_months(Months::new(1)),
            "Home" => at.with_day(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(to) = to.filter(|to| to.year() == at.year()) {
            self.at.set(Some(to));
            focus(&id(to));
        }
    }
}

fn id(date: NaiveDate) -> String {
    ["day-", &date.to_string()].concat()
}

/// What a day is, in words.
fn told(say: Say, day: &CalendarDay) -> String {
    let kind = words::of(say.d.day_kind, day.kind.word());
    let mut told = [&label(say, day.date), " · ", kind].concat();
    if let Some(name) = &day.name {
        told = [&told, " · ", say.w.name(name)].concat();
    }
    if day.edited { [&told, " · ", say.d.day_edited].concat() } else { told }
}

/// The year's festivals: when they are off, and what is made up for them.
pub fn festivals(say: Say, year: &CalendarYear) -> AnyView {
    let mut named: Vec<(&Name, Vec<NaiveDate>, Vec<NaiveDate>)> = Vec::new();
    for day in &year.days {
        let Some(name) = &day.name else { continue };
        let at = named.iter().position(|(n, ..)| *n == name).unwrap_or_else(|| {
            named.push((name, Vec::new(), Vec::new()));
            named.len() - 1
        });
        let (_, off, made_up) = &mut named[at];
        if day.kind == DayKind::MakeUp { made_up.push(day.date) } else { off.push(day.date) }
    }
    if named.is_empty() {
        return ().into_any();
    }
    let rows = named.into_iter().map(|(name, off, made_up)| {
        let made_up = (!made_up.is_empty()).then(|| say.d.made_up_on(&spans(say, &made_up)));
        view! {
            <dt>{say.w.name(name).to_owned()}</dt>
            <dd>{say.d.off_on(&spans(say, &off), &off.len().to_string())}" "{made_up.map(|m| view! { <small>{m}</small> })}</dd>
        }
        .into_any()
    });
    view! { <section class="festivals"><h2>{say.d.festivals}</h2><dl>{rows.collect_view()}</dl></section> }.into_any()
}

/// Days in words, those that follow each other together: `10-01 – 10-07, 10-10`.
fn spans(say: Say, days: &[NaiveDate]) -> String {
    let short = |day: &NaiveDate| day.to_string().get(5..).unwrap_or_default().to_owned();
    let spans = days.chunk_by(|a, b| a.succ_opt() == Some(*b)).filter_map(|span| match span {
        [] => None,
        [one] => Some(short(one)),
        [first, .., last] => Some([&short(first), "–", &short(last)].concat()),
    });
    spans.collect::<Vec<_>>().join(say.d.and)
}
