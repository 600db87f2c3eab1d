//! Something that the server has: asked for, asked again while the server is away, and given up when nobody wants it.

use super::health::Health;
use crate::api::{self, Abort, Failure};
use crate::model::Lang;
use crate::wire::Read;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// What is known of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Remote<T> {
    /// Not here yet.
    Loading,
    /// Here.
    Ready(Arc<T>),
    /// It will not come unless asked for again.
    Failed(Failure),
}

impl<T> Remote<T> {
    /// The thing, where it is here.
    pub fn ready(&self) -> Option<&Arc<T>> {
        match self {
            Self::Ready(thing) => Some(thing),
            _ => None,
        }
    }
}

const FIRST_WAIT_MS: f64 = 1_000.0;
const LAST_WAIT_MS: f64 = 15_000.0;

/// One request, made anew each time.
type Once = Box<dyn Fn() -> LocalBoxFuture<'static, Result<JsValue, Failure>>>;

/// Asks for `path` until the server answers; what does not pass by itself is an error.
///
/// # Errors
/// Refused, or aborted.
pub fn patiently(
    path: String,
    lang: Lang,
    abort: Abort,
    health: Health,
) -> LocalBoxFuture<'static, Result<JsValue, Failure>> {
    let asked = abort.clone();
    insist(Box::new(move || api::ask(path.clone(), lang, asked.clone())), abort, health)
}

/// Asks or sends until the server answers. What is sent must carry a key, so that the server does it once.
///
/// # Errors
/// Refused, or aborted.
pub fn insist(once: Once, abort: Abort, health: Health) -> LocalBoxFuture<'static, Result<JsValue, Failure>> {
    Box::pin(async move {
        let mut wait = FIRST_WAIT_MS;
        loop {
            match once().await {
                Err(failure) if failure.passes() => {
                    health.ill(&failure);
                    sleep(failure.wait_ms(wait)).await;
                    if abort.is_aborted() {
                        return Err(Failure::Aborted);
                    }
                    wait = (wait * 2.0).min(LAST_WAIT_MS);
                }
                answer => {
                    if !matches!(answer, Err(Failure::Aborted)) {
                        health.well();
                    }
                    return answer;
                }
            }
        }
    })
}

/// Waits so many milliseconds.
pub async fn sleep(ms: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "minutes at most; `as` saturates")]
    let ms = ms as i32;
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            // A browser that refuses timers leaves the promise open, and with it the retry: nothing else to do.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// Keeps the answer to the path that `path` tells; a new path aborts the question before. While a new answer to the
/// same question is fetched the old one stays.
pub fn follow<T>(path: impl Fn() -> String + 'static, lang: Signal<Lang>, health: Health) -> Following<T>
where
    T: Read + Send + Sync + 'static,
{
    following(Box::new(move || Some(path())), lang, health, false)
}

/// The same where there is not always a question: without one nothing is asked. The last answer stays until there is another; what
/// it answers it must say itself.
pub fn follow_some<T>(path: impl Fn() -> Option<String> + 'static, lang: Signal<Lang>, health: Health) -> Following<T>
where
    T: Read + Send + Sync + 'static,
{
    following(Box::new(path), lang, health, true)
}

/// Tells where to ask, if there is something to ask.
type Where = Box<dyn Fn() -> Option<String>>;

fn following<T>(path: Where, lang: Signal<Lang>, health: Health, keep: bool) -> Following<T>
where
    T: Read + Send + Sync + 'static,
{
    let state = RwSignal::new(Remote::Loading);
    let again = Trigger::new();
    let take = move |answer: Option<Result<JsValue, Failure>>| {
        let state = state.try_set(match answer.map(|a| a.and_then(|body| api::read(&body))) {
            None if keep && state.try_with_untracked(|state| state.ready().is_some()) == Some(true) => return,
            None => Remote::Loading,
            Some(Ok(thing)) => Remote::Ready(Arc::new(thing)),
            Some(Err(failure)) => Remote::Failed(failure),
        });
        // Nobody is left to show it to when the signal is gone.
        drop(state);
    };
    keep_asking(path, lang, health, again, Rc::new(take));
    Following { state: state.read_only(), again }
}

/// What takes in an answer; `None` is the beginning of another question.
type Take = Rc<dyn Fn(Option<Result<JsValue, Failure>>)>;

/// The part of [`follow`] that is the same for all answers.
fn keep_asking(path: Where, lang: Signal<Lang>, health: Health, again: Trigger, take: Take) {
    let running = StoredValue::new_local(Abort::new());
    let mut before = None;
    super::watch(move || {
        again.track();
        let wanted = path();
        let lang = lang.get();
        running.with_value(Abort::abort);
        let abort = Abort::new();
        running.set_value(abort.clone());
        if before.replace(wanted.clone()).is_some_and(|b| b != wanted) {
            take(None);
        }
        let Some(wanted) = wanted else { return };
        let (asked, take) = (patiently(wanted, lang, abort, health), take.clone());
        leptos::task::spawn_local(async move {
            match asked.await {
                Err(Failure::Aborted) => {}
                answer => take(Some(answer)),
            }
        });
    });
    on_cleanup(move || {
        running.try_with_value(Abort::abort);
    });
}

/// An answer that is kept up to date.
pub struct Following<T: Send + Sync + 'static> {
    /// What is known.
    pub state: ReadSignal<Remote<T>>,
    again: Trigger,
}

impl<T: Send + Sync + 'static> Clone for Following<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Following<T> {}

impl<T: Send + Sync + 'static> Following<T> {
    /// Asks once more.
    pub fn again(self) {
        self.again.notify();
    }
}
