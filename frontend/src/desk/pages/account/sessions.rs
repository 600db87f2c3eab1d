//! Where a person is signed in, and the ending of it.

use crate::api::{self, Errand};
use crate::components::act;
use crate::components::icons::icon;
use crate::desk::icons::{PHONE, SCREEN};
use crate::desk::parts::{button, remote};
use crate::desk::{Desk, Say};
use crate::format::Span;
use crate::state::remote::Following;
use geodata::wire::SessionRow;
use leptos::prelude::*;

/// The sessions, kept up to date.
#[derive(Clone, Copy)]
pub struct Sessions {
    desk: Desk,
    rows: Following<Vec<SessionRow>>,
}

impl Sessions {
    /// Fetches them.
    pub fn new(desk: Desk) -> Self {
        Self { desk, rows: desk.follow(move || desk.session.path("/api/sessions")) }
    }

    /// Fetches them once more.
    pub fn again(self) {
        self.rows.again();
    }

    /// The list.
    pub fn view(self, say: Say) -> AnyView {
        let list = move || {
            remote(
                say,
                &self.rows.state.get(),
                move || self.again(),
                |rows| {
                    let others = rows.iter().any(|row| !row.current);
                    let end_all = others.then(|| {
                        button("plain", say.d.session_end_others, move || {
                            self.end("/api/sessions", say.d.sessions_ended);
                        })
                    });
                    view! {
                        <ul class="sessions">{rows.iter().map(|row| self.row(say, row)).collect_view()}</ul>
                        {end_all}
                    }
                    .into_any()
                },
            )
        };
        view! { {move || list()} }.into_any()
    }

    fn row(self, say: Say, row: &SessionRow) -> AnyView {
        let (d, now) = (say.d, self.desk.clock.now.get_untracked());
        let device = Device::of(row.user_agent.as_deref().unwrap_or_default());
        let name = device.name(say);
        let since = say.dates.short(row.created_at, now);
        let seen = Span::between(row.seen_at, now).ago(say.w);
        let path = ["/api/sessions/", &row.id].concat();
        let label = d.session_end_of(&name);
        let end = if row.current {
            view! { <span class="mark-on">{d.session_current}</span> }.into_any()
        } else {
            view! {
                <button class="btn plain" type="button" aria-label=label on:click=act(move || self.end(&path, d.session_ended))>
                    {d.session_end}
                </button>
            }
            .into_any()
        };
        view! {
            <li>
                {icon(if device.in_hand { PHONE } else { SCREEN })}
                <div>
                    <b>{name}</b>
                    <small>{d.session_line(&since, &seen)}{row.address.clone().map(|a| [" · ", &a].concat())}</small>
                </div>
                {end}
            </li>
        }
        .into_any()
    }

    fn end(self, path: &str, told: &'static str) {
        let desk = self.desk;
        let errand = Errand::delete(desk.session.path(path));
        leptos::task::spawn_local(async move {
            match api::send(errand, desk.looks.lang.get_untracked()).await {
                Ok(_) => desk.toasts.tell(told),
                Err(failure) => crate::desk::app::warn(desk, &failure),
            }
            self.rows.again();
        });
    }
}

/// What a browser says it is, as far as a person wants to know.
#[derive(Debug, PartialEq, Eq)]
struct Device {
    browser: Option<&'static str>,
    system: Option<&'static str>,
    in_hand: bool,
}

impl Device {
    /// From the words of a `User-Agent`. The order counts: most browsers claim to be some other one as well.
    fn of(agent: &str) -> Self {
        const BROWSERS: [(&str, &str); 8] = [
            ("MicroMessenger", "WeChat"),
            ("Edg", "Edge"),
            ("QQBrowser", "QQ"),
            ("HuaweiBrowser", "Huawei"),
            ("Firefox", "Firefox"),
            ("Chrome", "Chrome"),
            ("Safari", "Safari"),
            ("curl", "curl"),
        ];
        const SYSTEMS: [(&str, &str); 7] = [
            ("HarmonyOS", "HarmonyOS"),
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ];
        let find =
            |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
        let in_hand = ["Mobile", "Android", "iPhone", "iPad", "HarmonyOS"].iter().any(|mark| agent.contains(mark));
        Self { browser: find(&BROWSERS), system: find(&SYSTEMS), in_hand }
    }

    fn name(&self, say: Say) -> String {
        match (self.browser, self.system) {
            (Some(browser), Some(system)) => say.d.device(browser, system),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => say.d.unknown_device.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_what_its_person_calls_it() {
        let of = |agent| {
            let device = Device::of(agent);
            (device.browser, device.system, device.in_hand)
        };
        assert_eq!(
            of(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0"
            ),
            (Some("Edge"), Some("Windows"), false)
        );
        assert_eq!(
            of(
                "Mozilla/5.0 (Linux; Android 14; V2) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0"
            ),
            (Some("WeChat"), Some("Android"), true)
        );
        assert_eq!(
            of(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile/15E Safari/604"
            ),
            (Some("Safari"), Some("iPhone"), true)
        );
        assert_eq!(of(""), (None, None, false));
    }
}
