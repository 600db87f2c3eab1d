//! One day: what it is, and after which festival.

use super::Calendar;
use crate::api::Errand;
use crate::desk::Say;
use crate::desk::parts::field::{self, Choice, Line};
use crate::desk::parts::form::{self, Form};
use crate::words;
use geodata::town::Name;
use geodata::wire::{CalendarDay, DayChange};
use geodata::worktime::DayKind;
use leptos::prelude::*;
use strum::VariantArray as _;

/// The form.
pub fn edit(page: Calendar, say: Say, day: CalendarDay) -> AnyView {
    let d = say.d;
    let date = day.date;
    let form = Form::new(page.desk, "day");
    let kind = RwSignal::new(day.kind.word().to_owned());
    let name = day.name.unwrap_or_default();
    let (zh, en) = (RwSignal::new(name.zh), RwSignal::new(name.en));
    let kinds = DayKind::VARIANTS.iter().filter(|kind| kind.on(date).is_ok());
    let kinds = kinds.map(|kind| Choice::new(kind.word(), words::of(d.day_kind, kind.word()))).collect();
    let chosen = move || kind.with(|word| word.parse::<DayKind>().ok());
    let named = Memo::new(move |_| matches!(chosen(), Some(DayKind::Holiday | DayKind::MakeUp)));
    let lines = move || {
        named.get().then(|| {
            view! {
                {field::text(say, form.field("name", d.festival_zh).optional(), Line::default(), zh)}
                {field::text(say, form.field("name.en", d.festival_en).optional(), Line::default(), en)}
            }
        })
    };
    let fields = view! {
        {field::radios(say, form.field("kind", d.day_is), kinds, kind)}
        {move || lines()}
        <p class="hint">{d.day_hint}</p>
    };
    let send = move || {
        let Some(kind) = untrack(chosen) else { return form.blame("kind", d.required) };
        let texts = [zh, en].map(|text| text.with_untracked(|text| text.trim().to_owned()));
        let [zh, en] = texts;
        let named = named.get_untracked() && !(zh.is_empty() && en.is_empty());
        let change = DayChange { kind, name: named.then(|| Name::new(zh, en)) };
        let path = ["/api/calendar/", &page.year.get_untracked().to_string(), "/", &date.to_string()].concat();
        form.send(Errand::put(page.desk.session.path(&path)).with(&change), move |_| page.saved(say));
    };
    form::form(say, form, d.save, send, fields, page.cancel(say))
}
