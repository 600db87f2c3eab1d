//! Categories as a file: it is looked through first, row by row, and written only when nothing is wrong with it.

use super::Categories;
use crate::api::{self, Errand};
use crate::components::icons::icon;
use crate::desk::Say;
use crate::desk::icons::PLUS;
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::table::{self, Column};
use crate::desk::words::told;
use geodata::wire::{CategoryImport, CategoryRow, RowChange, SheetFault};
use leptos::html::Input;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast as _;

/// A file, and what would come of it.
#[derive(Clone, Copy)]
struct Upload {
    page: Categories,
    form: Form,
    file: RwSignal<Option<web_sys::File>, LocalStorage>,
    found: RwSignal<Option<Arc<CategoryImport>>>,
}

/// The form.
pub fn upload(page: Categories, say: Say) -> AnyView {
    let form = Form::new(page.desk, "sheet");
    let upload = Upload { page, form, file: RwSignal::new_local(None), found: RwSignal::new(None) };
    let shown = move || upload.found.get().map(|found| preview(say, &found));
    let ready = move || {
        let found = upload.found.get();
        found
            .is_some_and(|found| found.faults.is_empty() && found.rows.iter().any(|r| r.change != RowChange::Unchanged))
    };
    let send = move || {
        if ready_now(ready) {
            upload.send(say);
        } else {
            form.blame_all(if upload.file.with_untracked(Option::is_some) {
                say.d.sheet_not_ready
            } else {
                say.d.required
            });
        }
    };
    let fields = view! {
        <p>{say.d.sheet_lead}</p>
        {upload.chooser(say)}
        <div role="status">{move || shown()}</div>
    };
    form::form(say, form, say.d.sheet_write, send, fields, page.cancel(say))
}

fn ready_now(ready: impl Fn() -> bool) -> bool {
    untrack(ready)
}

impl Upload {
    fn chooser(self, say: Say) -> AnyView {
        let input = NodeRef::<Input>::new();
        let take = move |_| {
            let Some(input) = input.get_untracked() else { return };
            let file = input.files().and_then(|files| files.get(0));
            // The same file may be chosen again, once it is mended.
            input.set_value("");
            if let Some(file) = file {
                self.file.set(Some(file));
                self.look();
            }
        };
        let name = move || self.file.with(|file| file.as_ref().map(web_sys::File::name));
        view! {
            <div class="adds">
                <label class="btn plain">
                    {icon(PLUS)}<span>{say.d.sheet_choose}</span>
                    <input class="unseen" type="file" accept=".csv,text/csv" node_ref=input on:change=take/>
                </label>
                <span>{move || name()}</span>
            </div>
        }
        .into_any()
    }

    fn errand(self, preview: bool) -> Option<Errand> {
        let file = self.file.get_untracked()?;
        let pairs: &[_] = if preview { &[("preview", "true".to_owned())] } else { &[] };
        let path = self.page.desk.session.query("/api/categories.csv", pairs);
        Some(Errand::post(path).carrying("text/csv", file.unchecked_into()))
    }

    /// Asks what would come of it.
    fn look(self) {
        self.found.set(None);
        let Some(errand) = self.errand(true) else { return };
        self.form.send(errand, move |body| match api::read::<CategoryImport>(&body) {
            Ok(found) => {
                let _ = self.found.try_set(Some(Arc::new(found)));
            }
            Err(failure) => self.form.refuse(&failure),
        });
    }

    fn send(self, say: Say) {
        let Some(errand) = self.errand(false) else { return };
        let page = self.page;
        self.form.send(errand.once(&self.form.key()), move |body| {
            let written = api::read::<CategoryImport>(&body).map_or(0, |done| changed(&done));
            page.saved(say.d.sheet_written(&written.to_string()));
        });
    }
}

fn changed(import: &CategoryImport) -> usize {
    import.rows.iter().filter(|row| row.change != RowChange::Unchanged).count()
}

fn preview(say: Say, import: &CategoryImport) -> AnyView {
    let d = say.d;
    let lead = if import.faults.is_empty() {
        view! { <p class="hint">{d.sheet_good(&import.rows.len().to_string(), &changed(import).to_string())}</p> }
            .into_any()
    } else {
        view! { <p class="fault">{d.sheet_bad(&import.faults.len().to_string())}</p> }.into_any()
    };
    view! { <div class="preview">{lead}{faults(say, &import.faults)}{rows(say, &import.rows)}</div> }.into_any()
}

fn faults(say: Say, list: &[SheetFault]) -> AnyView {
    let d = say.d;
    if list.is_empty() {
        return ().into_any();
    }
    let columns = [Column(d.col_row, "num"), Column(d.col_column, ""), Column(d.col_fault, "wide")];
    let rows = list.iter().map(|fault| {
        let cells = vec![
            fault.row.to_string().into_any(),
            fault.column.clone().map(|column| view! { <code>{column}</code> }).into_any(),
            say.w.name(&fault.rule).to_owned().into_any(),
        ];
        table::row(&columns, "bad", cells)
    });
    table::table(d.col_fault, &columns, rows.collect::<Vec<_>>())
}

fn rows(say: Say, list: &[CategoryRow]) -> AnyView {
    let d = say.d;
    if list.is_empty() {
        return ().into_any();
    }
    let columns = [
        Column(d.col_row, "num"),
        Column(d.col_category, "main"),
        Column(d.col_change, ""),
        Column(d.col_fields, "wide"),
    ];
    let rows = list.iter().map(|row| {
        let fields: Vec<_> = row.fields.iter().map(|field| told(d.category_fields, field)).collect();
        let change = row.change.to_string();
        let cells = vec![
            row.row.to_string().into_any(),
            view! { {say.w.name(&row.name).to_owned()}" "<code>{row.code.to_string()}</code> }.into_any(),
            view! { <b class=["change ", &change].concat()>{told(d.row_change, &change)}</b> }.into_any(),
            fields.join(d.and).into_any(),
        ];
        table::row(&columns, if row.change == RowChange::Unchanged { "off" } else { "" }, cells)
    });
    table::table(d.sheet_rows, &columns, rows.collect::<Vec<_>>())
}
