//! Partner units: who incidents can be referred to, and whether anybody there has an account to answer with. The administrator makes
//! and renames them.

use super::admin_tabs;
use crate::api::Errand;
use crate::components::act;
use crate::components::icons::icon;
use crate::desk::icons::{PENCIL, PLUS};
use crate::desk::parts::field::{self, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::table::{self, Column};
use crate::desk::parts::{button, dialog, empty, head, icon_button, remote};
use crate::desk::route::Admin;
use crate::desk::{Desk, Say, Sheet};
use crate::state::remote::Following;
use geodata::Invalid;
use geodata::matter::Matter;
use geodata::town::{Name, UnitCode};
use geodata::wire::{Account, Unit, UnitChange};
use leptos::prelude::*;

/// What is asked over the page.
#[derive(Clone)]
enum Question {
    Add,
    Edit(Unit),
}

/// The page's state.
#[derive(Clone, Copy)]
struct Units {
    desk: Desk,
    list: Following<Vec<Unit>>,
    accounts: Following<Vec<Account>>,
    open: RwSignal<Option<Question>>,
}

/// The page.
pub fn units(desk: Desk) -> Sheet {
    let page = Units {
        desk,
        list: desk.follow(move || desk.session.path("/api/units")),
        accounts: desk.follow(move || desk.session.path("/api/accounts")),
        open: RwSignal::new(None),
    };
    Box::new(move |say| page.view(say))
}

impl Units {
    fn manages(self) -> bool {
        self.desk.keeps(Matter::Units)
    }

    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let add = move || {
            self.manages().then(|| icon_button("primary", PLUS, d.unit_add, move || self.open.set(Some(Question::Add))))
        };
        let list = move || remote(say, &self.list.state.get(), move || self.list.again(), |list| self.table(say, list));
        let title = move |question: &Question| match question {
            Question::Edit(unit) => d.unit_edit_of(say.w.name(&unit.name)),
            Question::Add => d.unit_add.to_owned(),
        };
        view! {
            {admin_tabs(self.desk, say, Admin::Units)}
            {head(d.units, d.units_lead, view! { {move || add()} })}
            {move || list()}
            {dialog::dialog(say, self.open, title, move |question| self.ask(say, question))}
        }
        .into_any()
    }

    fn table(self, say: Say, list: &[Unit]) -> AnyView {
        let d = say.d;
        if list.is_empty() {
            return empty(d.no_units, d.no_units_hint);
        }
        let mut columns =
            vec![Column(d.col_category, "main"), Column(d.col_code, ""), Column(d.col_unit_accounts, "wide")];
        if self.manages() {
            columns.push(Column(d.col_actions, "act"));
        }
        let rows: Vec<_> = list.iter().map(|unit| self.row(say, &columns, unit)).collect();
        table::table(d.units, &columns, rows)
    }

    fn row(self, say: Say, columns: &[Column], unit: &Unit) -> AnyView {
        let name = say.w.name(&unit.name).to_owned();
        let label = say.d.unit_edit_of(&name);
        let (code, changed) = (unit.code.clone(), unit.clone());
        let people = move || self.people(say, &code);
        let edit = view! {
            <button class="quiet square" type="button" aria-label=label.clone() title=label aria-haspopup="dialog"
                on:click=act(move || self.open.set(Some(Question::Edit(changed.clone()))))>{icon(PENCIL)}</button>
        };
        let code = view! { <code>{unit.code.to_string()}</code> };
        let cells = vec![name.into_any(), code.into_any(), view! { {people} }.into_any(), edit.into_any()];
        table::row(columns, "", cells)
    }

    /// Who answers there; a unit without anybody can be referred to, and nobody would know.
    fn people(self, say: Say, unit: &UnitCode) -> AnyView {
        self.accounts.state.with(|state| {
            let Some(accounts) = state.ready() else { return ().into_any() };
            let theirs = accounts.iter().filter(|account| account.unit.as_ref() == Some(unit) && !account.disabled);
            let names: Vec<&str> = theirs.map(|account| account.name.as_str()).collect();
            if names.is_empty() {
                view! { <span class="standing never">{say.d.unit_unanswered}</span> }.into_any()
            } else {
                names.join(say.d.and).into_any()
            }
        })
    }

    fn ask(self, say: Say, question: Question) -> AnyView {
        let d = say.d;
        let unit = match question {
            Question::Add => None,
            Question::Edit(unit) => Some(unit),
        };
        let form = Form::new(self.desk, "unit");
        let text = |of: fn(&Unit) -> String| RwSignal::new(unit.as_ref().map(of).unwrap_or_default());
        let (code, zh, en) = (text(|u| u.code.to_string()), text(|u| u.name.zh.clone()), text(|u| u.name.en.clone()));
        let line = Line::default();
        let coded =
            unit.is_none().then(|| field::text(say, form.field("code", d.col_code).hint(d.unit_code_hint), line, code));
        let fields = view! {
            {coded}
            {field::text(say, form.field("name", d.name_zh), line, zh)}
            {field::text(say, form.field("name_en", d.name_en).hint(d.name_en_hint).optional(), line, en)}
        };
        let read = |text: RwSignal<String>| text.with_untracked(|text| text.trim().to_owned());
        let kept = unit.map(|unit| unit.code);
        let send = move || {
            let (zh, en) = (read(zh), read(en));
            if !form.requires(say, &[("code", kept.is_some() || !read(code).is_empty()), ("name", !zh.is_empty())]) {
                return;
            }
            let name = Name { en: if en.is_empty() { zh.clone() } else { en }, zh };
            let errand =
                kept.as_ref().map_or_else(|| self.make(&read(code), &name), |kept| Ok(self.rename(kept, &name)));
            let told = d.unit_saved(say.w.name(&name));
            match errand {
                Ok(errand) => form.send(errand, move |_| {
                    self.list.again();
                    self.open.set(None);
                    self.desk.toasts.tell(told);
                }),
                Err(rule) => form.blame("code", say.rule(rule)),
            }
        };
        form::form(say, form, d.save, send, fields, button("plain", d.cancel, move || self.open.set(None)))
    }

    fn make(self, code: &str, name: &Name) -> Result<Errand, Invalid> {
        let unit = Unit { code: code.parse()?, name: name.clone() };
        Ok(Errand::post(self.desk.session.path("/api/units")).with(&unit))
    }

    fn rename(self, code: &UnitCode, name: &Name) -> Errand {
        let path = ["/api/units/", code.as_str()].concat();
        Errand::patch(self.desk.session.path(&path)).with(&UnitChange { name: name.clone() })
    }
}
