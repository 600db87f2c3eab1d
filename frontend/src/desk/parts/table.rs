//! Rows and columns. On a phone each row becomes a card whose lines carry their column's name; the roles are written out,
//! because a browser forgets that a table is one when its display is changed.

use leptos::prelude::*;

/// A column: its name and the class of its cells. `num` sets figures flush right, `act` holds buttons and has a name
/// for readers only, `main` is the row's own name and carries none on a phone.
#[derive(Clone, Copy)]
pub struct Column(pub &'static str, pub &'static str);

/// A table under a caption that only readers hear.
pub fn table(caption: &'static str, columns: &[Column], rows: impl IntoAny) -> AnyView {
    let heads = columns.iter().map(|Column(name, class)| {
        let name =
            if *class == "act" { view! { <span class="unseen">{*name}</span> }.into_any() } else { (*name).into_any() };
        view! { <th scope="col" role="columnheader" class=*class>{name}</th> }.into_any()
    });
    view! {
        <table class="table" role="table">
            <caption class="unseen">{caption}</caption>
            <thead role="rowgroup"><tr role="row">{heads.collect_view()}</tr></thead>
            <tbody role="rowgroup">{rows.into_any()}</tbody>
        </table>
    }
    .into_any()
}

/// One row: a cell for each column.
pub fn row(columns: &[Column], class: &'static str, cells: Vec<AnyView>) -> AnyView {
    let cells = columns.iter().zip(cells).map(|(Column(name, class), cell)| {
        view! { <td role="cell" class=*class data-label=*name>{cell}</td> }.into_any()
    });
    view! { <tr role="row" class=class>{cells.collect_view()}</tr> }.into_any()
}
