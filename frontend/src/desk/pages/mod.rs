//! The desk's pages, one module each.

pub mod account;
pub mod accounts;
pub mod audit;
pub mod calendar;
pub mod categories;
pub mod incident;
pub mod must_change;
pub mod report;
pub mod roles;
pub mod roster;
pub mod sign_in;
pub mod units;
pub mod work;

use super::parts::empty;
use super::route::{Admin, Route};
use super::{Desk, Say, Sheet};
use crate::words;
use leptos::prelude::*;

/// The page of a route, with its state.
pub fn open(desk: Desk, route: &Route) -> Sheet {
    if desk.session.me.with_untracked(|me| me.as_ref().is_some_and(|me| !route.is_for(me.role))) {
        return not_yours(desk);
    }
    match route {
        Route::Work => work::work(desk),
        Route::Incident(id) => incident::incident(desk, *id),
        Route::Report => report::report(desk),
        Route::Account => account::account(desk),
        Route::Admin(Admin::Accounts) => accounts::accounts(desk),
        Route::Admin(Admin::Units) => units::units(desk),
        Route::Admin(Admin::Roles) => roles::roles(desk),
        Route::Admin(Admin::Roster) => roster::roster(desk),
        Route::Admin(Admin::Categories) => categories::categories(desk),
        Route::Admin(Admin::Calendar) => calendar::calendar(desk),
        Route::Audit => audit::audit(desk),
        Route::SignIn | Route::Missing => missing(desk),
    }
}

/// A page's name, for the document's title.
pub fn title(say: Say, route: &Route) -> String {
    let d = say.d;
    let name = match route {
        Route::SignIn => d.sign_in,
        Route::Work => d.nav_work_long,
        Route::Incident(_) => d.incident,
        Route::Report => d.nav_report_long,
        Route::Account => d.account,
        Route::Admin(admin) => words::of(d.admin, admin.word()),
        Route::Audit => d.audit,
        Route::Missing => d.missing,
    };
    name.to_owned()
}

/// The pages of administration, side by side, where a role has more than one of them.
pub fn admin_tabs(desk: Desk, say: Say, here: Admin) -> AnyView {
    let role = desk.role();
    let tabs: Vec<_> = Admin::ALL
        .into_iter()
        .filter(|admin| role.is_some_and(|role| Route::Admin(*admin).is_for(role)))
        .map(|admin| {
            let href = desk.session.path(&Route::Admin(admin).path());
            let current = (admin == here).then_some("page");
            view! { <a href=href aria-current=current>{words::of(say.d.admin, admin.word())}</a> }.into_any()
        })
        .collect();
    (tabs.len() > 1)
        .then(|| view! { <nav class="tabs" aria-label=say.d.nav_admin_long>{tabs.collect_view()}</nav> })
        .into_any()
}

fn missing(desk: Desk) -> Sheet {
    Box::new(move |say| {
        view! {
            <h1 class="unseen">{say.d.missing}</h1>
            {empty(say.d.missing, say.d.missing_hint)}
            <p class="onward"><a href=desk.session.path("/")>{say.d.to_map}</a></p>
        }
        .into_any()
    })
}

fn not_yours(desk: Desk) -> Sheet {
    Box::new(move |say| {
        let role = desk.role().map(|role| words::of(say.w.role, role.word())).unwrap_or_default();
        view! {
            <div class="empty">
                <h1>{say.d.not_yours}</h1>
                <span>{say.d.not_yours_hint(role)}</span>
                <a href=desk.session.path("/")>{say.d.to_map}</a>
            </div>
        }
        .into_any()
    })
}
