//! What is told in passing: a line at the foot of the page, read aloud, gone after a while. One that offers a way back
//! stays longer; one that tells of trouble stays until it is closed.

use crate::components::act;
use crate::components::icons::{CLOSE, icon};
use crate::desk::{Desk, Say};
use leptos::prelude::*;
use std::rc::Rc;
use std::time::Duration;

/// How long a line stands.
const SHORT: Duration = Duration::from_secs(6);
/// How long one stands that can be taken back.
const LONG: Duration = Duration::from_secs(15);
/// More than these would cover the page; the oldest goes.
const MOST: usize = 3;

type Act = Rc<dyn Fn()>;

#[derive(Clone)]
struct Toast {
    id: u32,
    text: String,
    bad: bool,
    offer: Option<(&'static str, Act)>,
}

/// The lines that stand now.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>, LocalStorage>,
    count: StoredValue<u32>,
}

impl Toasts {
    /// None.
    pub fn new() -> Self {
        Self { list: RwSignal::new_local(Vec::new()), count: StoredValue::new(0) }
    }

    /// Tells that something is done.
    pub fn tell(self, text: impl Into<String>) {
        self.add(text.into(), false, None, Some(SHORT));
    }

    /// Tells that something is done, and offers to do something about it: to undo it, mostly.
    pub fn offer(self, text: impl Into<String>, label: &'static str, act: impl Fn() + 'static) {
        self.add(text.into(), false, Some((label, Rc::new(act))), Some(LONG));
    }

    /// Tells of trouble.
    pub fn warn(self, text: impl Into<String>) {
        self.add(text.into(), true, None, None);
    }

    fn add(self, text: String, bad: bool, offer: Option<(&'static str, Act)>, stands: Option<Duration>) {
        self.count.update_value(|n| *n += 1);
        let id = self.count.get_value();
        self.list.update(|list| {
            list.push(Toast { id, text, bad, offer });
            let over = list.len().saturating_sub(MOST);
            list.drain(..over);
        });
        if let Some(stands) = stands {
            set_timeout(move || self.drop(id), stands);
        }
    }

    fn drop(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }
}

impl Default for Toasts {
    fn default() -> Self {
        Self::new()
    }
}

/// The place where they stand. The region is there all the time, so that screen readers notice what is put into it.
pub fn toasts(desk: Desk, say: Say) -> AnyView {
    let lines = move || desk.toasts.list.get().into_iter().map(|toast| line(desk, say, toast)).collect_view();
    view! { <div class="toasts" role="status" aria-live="polite">{move || lines()}</div> }.into_any()
}

fn line(desk: Desk, say: Say, toast: Toast) -> AnyView {
    let id = toast.id;
    let offer = toast.offer.map(|(label, offered)| {
        let take = move || {
            desk.toasts.drop(id);
            offered();
        };
        view! { <button class="btn quiet" type="button" on:click=act(take)>{label}</button> }.into_any()
    });
    view! {
        <div class="toast" class:bad=toast.bad>
            <span>{toast.text}</span>
            {offer}
            <button class="quiet square" type="button" aria-label=say.d.close on:click=act(move || desk.toasts.drop(id))>
                {icon(CLOSE)}
            </button>
        </div>
    }
    .into_any()
}
