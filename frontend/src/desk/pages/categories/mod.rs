//! Categories: what is filed as what, by which standards, within which limits. Those in force are listed, and their
//! versions through time are a press away. The administrator edits them one by one or as a file.

mod all;
mod edit;
mod limits;
mod look;
mod sheet;

use super::admin_tabs;
use crate::api::Errand;
use crate::components::icons::icon;
use crate::components::{act, menu};
use crate::desk::icons::{DOTS, DOWNLOAD, PLUS};
use crate::desk::parts::form::Form;
use crate::desk::parts::table::{self, Column};
use crate::desk::parts::{button, dialog, empty, form, head, icon_button, remote, sieve};
use crate::desk::places::Places;
use crate::desk::route::Admin;
use crate::desk::{Desk, Say, Sheet};
use crate::words;
use all::{All, Standing};
use geodata::matter::Matter;
use geodata::town::CategoryGroup;
use geodata::wire::CategoryVersion;
use leptos::prelude::*;
use strum::VariantArray as _;

/// What is asked over the page.
#[derive(Clone)]
enum Question {
    Add,
    Edit(CategoryVersion),
    Look(CategoryVersion),
    End(CategoryVersion),
    Upload,
}

/// The page's state.
#[derive(Clone, Copy)]
struct Categories {
    desk: Desk,
    all: All,
    places: Places,
    words: RwSignal<String>,
    group: RwSignal<String>,
    standing: RwSignal<String>,
    open: RwSignal<Option<Question>>,
}

/// The page.
pub fn categories(desk: Desk) -> Sheet {
    let page = Categories {
        desk,
        all: All::new(desk),
        places: Places::of(desk),
        words: RwSignal::new(String::new()),
        group: RwSignal::new(String::new()),
        standing: RwSignal::new(Standing::Now.word().to_owned()),
        open: RwSignal::new(None),
    };
    page.all.fetch();
    Box::new(move |say| page.view(say))
}

impl Categories {
    fn manages(self) -> bool {
        self.desk.keeps(Matter::Categories)
    }

    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let file = self.desk.session.query("/api/categories.csv", &[("all", "true".to_owned())]);
        let writes = move || {
            self.manages().then(|| {
                view! {
                    {button("plain", d.sheet_upload, move || self.open.set(Some(Question::Upload)))}
                    {icon_button("primary", PLUS, d.category_add, move || self.open.set(Some(Question::Add)))}
                }
            })
        };
        let actions = view! {
            <a class="btn plain" href=file download="categories.csv">{icon(DOWNLOAD)}<span>{d.sheet_download}</span></a>
            {move || writes()}
        };
        let list = move || remote(say, &self.all.state.get(), move || self.all.fetch(), |list| self.table(say, list));
        view! {
            {admin_tabs(self.desk, say, Admin::Categories)}
            {head(d.categories, d.categories_lead, actions)}
            {self.sieve(say)}
            {move || list()}
            {dialog::dialog(say, self.open, move |question| title(say, question), move |question| self.ask(say, question))}
        }
        .into_any()
    }

    fn sieve(self, say: Say) -> AnyView {
        let d = say.d;
        let groups = CategoryGroup::VARIANTS.iter().map(|g| (g.word(), words::of(say.w.group, g.word()))).collect();
        let standings = Standing::ALL.map(|s| (s.word(), words::of(d.category_standing, s.word()))).to_vec();
        view! {
            <div class="sieve" role="search">
                {sieve::seek(d.category_search, d.category_search, self.words, || {})}
                {sieve::select(d.col_group, d.any_group, groups, self.group, || {})}
                {sieve::select(d.col_status, d.any_standing, standings, self.standing, || {})}
            </div>
        }
        .into_any()
    }

    /// Whether the sieve lets a version through; subscribes.
    fn takes(self, version: &CategoryVersion) -> bool {
        let standing = Standing::of(version, self.desk.clock.read());
        let text = [version.code.as_str(), " ", &version.name.zh, " ", &version.name.en].concat().to_lowercase();
        self.group.with(|group| group.is_empty() || version.group.word() == group)
            && self.standing.with(|word| word.is_empty() || standing.word() == word)
            && self.words.with(|words| words.split_whitespace().all(|word| text.contains(&word.to_lowercase())))
    }

    fn table(self, say: Say, list: &[CategoryVersion]) -> AnyView {
        let d = say.d;
        let columns = [
            Column(d.col_category, "main"),
            Column(d.col_group, ""),
            Column(d.col_limits, ""),
            Column(d.col_counts, ""),
            Column(d.col_unit, ""),
            Column(d.col_holds, "wide"),
            Column(d.col_actions, "act"),
        ];
        let rows: Vec<_> =
            list.iter().filter(|version| self.takes(version)).map(|version| self.row(say, &columns, version)).collect();
        if rows.is_empty() {
            return empty(d.no_categories, d.no_accounts_hint);
        }
        view! {
            <p class="unseen" role="status">{d.accounts_shown(&rows.len().to_string())}</p>
            {table::table(d.categories, &columns, rows)}
        }
        .into_any()
    }

    fn row(self, say: Say, columns: &[Column], version: &CategoryVersion) -> AnyView {
        let d = say.d;
        let standing = Standing::of(version, self.desk.clock.read());
        let class = match standing {
            Standing::Now => "active",
            Standing::Planned => "waiting",
            Standing::Ended => "never",
        };
        let asked = version.clone();
        let look = move || self.open.set(Some(Question::Look(asked.clone())));
        let unit = version.default_unit.as_ref().map(|unit| self.places.unit(say, unit));
        let cells = vec![
            view! {
                <button class="link" type="button" aria-haspopup="dialog" on:click=act(look)>
                    {say.w.name(&version.name).to_owned()}
                </button>
                " "<code>{version.code.to_string()}</code>
            }
            .into_any(),
            words::of(say.w.group, version.group.word()).into_any(),
            limits::line(say, version.limits[3]).into_any(),
            if version.working_time { d.working_time } else { d.clock_time }.into_any(),
            unit.unwrap_or_else(|| say.w.nobody.to_owned()).into_any(),
            view! {
                <div>
                    <span class=["standing ", class].concat()>{words::of(d.category_standing, standing.word())}</span>
                    <small>{look::span(say, version)}</small>
                </div>
            }
            .into_any(),
            self.actions(say, version, standing),
        ];
        table::row(columns, if standing == Standing::Ended { "off" } else { "" }, cells)
    }

    fn actions(self, say: Say, version: &CategoryVersion, standing: Standing) -> AnyView {
        let d = say.d;
        let item = move |text: &'static str, question: Question| {
            view! { <button type="button" on:click=act(move || self.open.set(Some(question.clone())))>{text}</button> }
                .into_any()
        };
        let label = [d.col_actions, " ", say.w.name(&version.name)].concat();
        let (edited, ended) = (version.clone(), version.clone());
        let writes = self.manages().then(|| {
            let end = (standing != Standing::Ended).then(|| item(d.category_end, Question::End(ended)));
            let edit = if standing == Standing::Ended { d.category_again } else { d.account_edit };
            view! { {item(edit, Question::Edit(edited))}{end} }
        });
        let items = view! { {item(d.category_look, Question::Look(version.clone()))}{writes} };
        menu::menu("dots", label, icon(DOTS), items.into_any())
    }

    fn ask(self, say: Say, question: Question) -> AnyView {
        match question {
            Question::Add => edit::edit(self, say, None),
            Question::Edit(version) => edit::edit(self, say, Some(&version)),
            Question::Look(version) => look::look(self, say, &version),
            Question::End(version) => self.end(say, &version),
            Question::Upload => sheet::upload(self, say),
        }
    }

    fn end(self, say: Say, version: &CategoryVersion) -> AnyView {
        let form = Form::new(self.desk, "category-end");
        let path = ["/api/categories/", version.code.as_str()].concat();
        let name = say.w.name(&version.name).to_owned();
        let send = move || {
            let told = say.d.category_ended(&name);
            form.send(Errand::delete(self.desk.session.path(&path)), move |_| self.saved(told));
        };
        form::form(say, form, say.d.category_end, send, view! { <p>{say.d.category_end_lead}</p> }, self.cancel(say))
    }

    fn cancel(self, say: Say) -> AnyView {
        button("plain", say.d.cancel, move || self.open.set(None))
    }

    fn saved(self, told: String) {
        self.all.fetch();
        self.open.set(None);
        self.desk.toasts.tell(told);
    }
}

fn title(say: Say, question: &Question) -> String {
    let (d, name) = (say.d, |version: &CategoryVersion| say.w.name(&version.name).to_owned());
    match question {
        Question::Add => d.category_add.to_owned(),
        Question::Edit(version) => d.category_edit_of(&name(version)),
        Question::Look(version) => name(version),
        Question::End(version) => d.category_end_of(&name(version)),
        Question::Upload => d.sheet_upload.to_owned(),
    }
}
