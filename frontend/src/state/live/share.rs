//! One line for all windows. A browser opens at most six connections to a server that speaks HTTP/1.1, and the feed of
//! each window would hold one: the seventh would wait for ever, and the requests of the other six with it.
//!
//! Of the windows that show the same town one leads: the one that holds the lock with the town's name. Its line stays
//! open, and what it hears it repeats on a channel. The others catch up on lines of their own, let go of them when they
//! hear the leader, and take up their own again when something is missing. Nobody has to be told that a leader has
//! closed: its lock goes to the next who waits for it. `live.rs` decides; here are the lock and the channel.

use js_sys::{Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{BroadcastChannel, MessageEvent};

/// The lock and the channel of one town.
pub struct Share {
    locks: JsValue,
    request: Function,
    name: String,
    channel: BroadcastChannel,
    /// Whether this window would lead.
    willing: Cell<bool>,
    /// Whether it stands in the queue for the lock.
    queued: Cell<bool>,
    /// Gives the lock back; there while this window leads.
    release: RefCell<Option<Function>>,
    /// Counts the times that the lock was granted, so that the end of an old one ends nothing.
    grants: Cell<u32>,
    lead: Box<dyn Fn()>,
}

impl Share {
    /// Joins the windows of the town called `town`. `lead` is called when this one is to lead, `hear` with the kind and
    /// the content of what another window told. `None` where the browser can't share: it has no locks (pages that came
    /// over plain HTTP from another machine have none), or no channels.
    pub fn join(town: &str, lead: impl Fn() + 'static, hear: impl Fn(&str, &str) + 'static) -> Option<&'static Self> {
        let locks = Reflect::get(&web_sys::window()?.navigator(), &"locks".into()).ok()?;
        let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
        let name = ["fangge-live-", town].concat();
        let channel = BroadcastChannel::new(&name).ok()?;
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some((kind, data)) = event.data().as_string().as_deref().and_then(|text| text.split_once('\n')) {
                hear(kind, data);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        // As long as the page is open, like the feed.
        heard.forget();
        let share: &'static Self = Box::leak(Box::new(Self {
            locks,
            request,
            name,
            channel,
            willing: Cell::new(false),
            queued: Cell::new(false),
            release: RefCell::new(None),
            grants: Cell::new(0),
            lead: Box::new(lead),
        }));
        share.queue();
        Some(share)
    }

    /// Tells the other windows.
    pub fn tell(&self, kind: &str, data: &str) {
        // Fails only for a closed channel, and this one never is.
        let _ = self.channel.post_message(&[kind, "\n", data].concat().into());
    }

    /// Whether this window leads.
    pub fn leads(&self) -> bool {
        self.release.borrow().is_some()
    }

    /// Stands in the queue for the lead.
    pub fn queue(&'static self) {
        self.willing.set(true);
        if !self.leads() && !self.queued.replace(true) {
            self.ask_for_lock(false);
        }
    }

    /// Takes the lead from a window that no longer says anything.
    pub fn seize(&'static self) {
        self.ask_for_lock(true);
    }

    /// Gives up the lead, and wants it no more.
    pub fn leave(&self) {
        self.willing.set(false);
        if let Some(release) = self.release.take() {
            // A promise's own function throws nothing.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }

    fn ask_for_lock(&'static self, steal: bool) {
        let options = Object::new();
        // Fails only on frozen objects.
        let _ = Reflect::set(&options, &"steal".into(), &steal.into());
        // Which of the grants this request led to; 0 until then.
        let grant = Rc::new(Cell::new(0));
        let mine = Rc::clone(&grant);
        let granted = Closure::once_into_js(move || self.granted(steal, &mine));
        let asked = self.request.call3(&self.locks, &self.name.as_str().into(), &options, &granted);
        let Some(promise) = asked.ok().and_then(|promise| promise.dyn_into::<Promise>().ok()) else { return };
        spawn_local(async move {
            // Kept when the lock was given back, broken when another window seized it.
            let seized = JsFuture::from(promise).await.is_err();
            if seized && self.grants.get() == grant.get() {
                self.release.take();
                if self.willing.get() {
                    self.queue();
                }
            }
        });
    }

    /// The lock is ours for as long as the promise stays open.
    fn granted(&'static self, stolen: bool, grant: &Cell<u32>) -> JsValue {
        if !stolen {
            self.queued.set(false);
        }
        if !self.willing.get() {
            return JsValue::UNDEFINED;
        }
        grant.set(self.grants.get().wrapping_add(1));
        self.grants.set(grant.get());
        let held = Promise::new(&mut |release, _| {
            self.release.replace(Some(release));
        });
        (self.lead)();
        held.into()
    }
}
