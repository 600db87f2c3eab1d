//! The card of what is selected.

mod around;
mod camera;
mod incident;
mod marks;
mod place;

use super::icons::{CLOSE, TARGET, icon};
use super::{Page, Say, act};
use crate::model::{Command, Sheet, Target};
use crate::pages::reason;
use crate::state::remote::{Following, Remote};
use geodata::place::Position;
use leptos::prelude::*;

/// Close enough to tell houses apart.
pub const CLOSE_UP: f64 = 16.0;

/// The card at the foot of the panel; nothing where nothing is selected.
pub fn detail(page: Page, say: Say) -> AnyView {
    let selected = Memo::new(move |_| page.url.selected.get());
    let card = move || {
        selected.get().map(|target| {
            let inner = match target {
                Target::Incident(id) => incident::card(page, say, id),
                Target::Camera(code) => camera::card(page, say, &code),
                Target::Grid(code) => place::grid(page, say, &code),
                Target::Village(code) => place::village(page, say, &code),
                Target::Place(at) => around::card(page, say, at),
            };
            view! { <section class="detail" aria-label=say.w.detail>{inner}</section> }.into_any()
        })
    };
    view! { {move || card()} }.into_any()
}

/// The card's head: its sign, its title, and the way out.
fn head(page: Page, say: Say, sign: AnyView, title: String, at: Option<Position>) -> AnyView {
    let w = say.w;
    let centre = at.map(|at| {
        view! {
            <button
                class="quiet square" type="button" title=w.centre_on aria-label=w.centre_on
                on:click=act(move || page.ui.tell(Command::Centre(at, CLOSE_UP)))
            >
                {icon(TARGET)}
            </button>
        }
        .into_any()
    });
    view! {
        <header>
            {sign}
            <h2>{title}</h2>
            {centre}
            <button
                class="quiet square" type="button" title=w.close aria-label=w.close
                on:click=act(move || page.url.selected.set(None))
            >
                {icon(CLOSE)}
            </button>
        </header>
    }
    .into_any()
}

/// One fact: its name and its value.
fn fact(name: &'static str, value: impl IntoAny) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value.into_any()}</dd></div> }.into_any()
}

/// What stands where an answer will: that it is on its way, or why it does not come.
fn not_here(say: Say, answer: &Remote<Sheet>, asked: Following<Sheet>) -> AnyView {
    let Remote::Failed(failure) = answer else {
        return view! { <div class="skeleton lines"><i></i><i></i><i></i></div> }.into_any();
    };
    view! {
        <div class="empty" role="alert">
            <b>{say.w.detail_failed}</b>
            <span>{reason(say.w, failure)}</span>
            <button type="button" on:click=act(move || asked.again())>{say.w.retry}</button>
        </div>
    }
    .into_any()
}

/// What can't be shown, with the way out.
fn missing(page: Page, say: Say, title: String) -> AnyView {
    view! {
        {head(page, say, ().into_any(), title, None)}
        <p>{say.w.not_found}</p>
    }
    .into_any()
}
