//! The rules that everyone can see: who may do what with an incident, where it stands so, and standing how to it. It is the table that
//! the server keeps to.

use super::admin_tabs;
use crate::desk::parts::table::{self, Column};
use crate::desk::parts::{empty, head, sieve};
use crate::desk::route::Admin;
use crate::desk::{Desk, Say, Sheet};
use crate::words;
use geodata::incident::rights::{RIGHTS, Right, states};
use geodata::incident::{Action, State};
use geodata::matter::Matter;
use geodata::town::Role;
use leptos::prelude::*;
use strum::VariantArray as _;

/// The page. It begins with the person's own role.
pub fn roles(desk: Desk) -> Sheet {
    let own = desk.session.me.with_untracked(|me| me.as_ref().map(|me| me.role.word().to_owned()));
    let role = RwSignal::new(own.unwrap_or_default());
    Box::new(move |say| view(desk, say, role))
}

fn view(desk: Desk, say: Say, role: RwSignal<String>) -> AnyView {
    let d = say.d;
    let roles = Role::VARIANTS.iter().map(|role| (role.word(), words::of(say.w.role, role.word()))).collect();
    let chosen = Memo::new(move |_| role.with(|word| word.parse::<Role>().ok()));
    let shown = move || {
        let chosen = chosen.get();
        let hint = chosen.map(|role| view! { <p class="hint">{words::of(d.role_hint, role.word())}</p> });
        let matters = chosen.map(|role| matters(say, role));
        view! { <div class="rights">{hint}{matters}{rules(say, chosen)}</div> }
    };
    view! {
        {admin_tabs(desk, say, Admin::Roles)}
        {head(d.roles, d.roles_lead, ())}
        <div class="sieve">{sieve::select(d.col_role, d.any_role, roles, role, || {})}</div>
        {move || shown()}
    }
    .into_any()
}

/// What a role keeps up and reads besides incidents.
fn matters(say: Say, role: Role) -> AnyView {
    let d = say.d;
    let name = |matter: Matter| match matter {
        Matter::Audit => d.audit,
        Matter::Staff => "",
        Matter::Cameras => d.camera_marks,
        other => words::of(d.admin, other.word()),
    };
    let named = |has: fn(Role, Matter) -> bool| {
        let names = Matter::VARIANTS.iter().filter(|matter| has(role, **matter)).map(|matter| name(*matter));
        let names = names.filter(|name| !name.is_empty()).collect::<Vec<_>>().join(d.and);
        Some(names).filter(|names| !names.is_empty())
    };
    let only_reads = |role: Role, matter| role.reads(matter) && !role.keeps(matter) && !role.keeps_own(matter);
    let lines = [
        named(Role::keeps).map(|what| d.role_keeps(&what)),
        named(Role::keeps_own).map(|what| d.role_keeps_own(&what)),
        named(only_reads).map(|what| d.role_reads(&what)),
    ];
    lines.into_iter().flatten().map(|line| view! { <p class="hint">{line}</p> }).collect_view().into_any()
}

/// What a role may do, or what anybody may.
fn rules(say: Say, role: Option<Role>) -> AnyView {
    let d = say.d;
    let who = if role.is_some() { d.col_ground } else { d.col_who_may };
    let columns = [Column(d.col_action, "main"), Column(d.col_states, "wide"), Column(who, "wide")];
    let is_for = |right: &&Right| role.is_none_or(|role| right.roles.contains(&role));
    let rows = Action::VARIANTS.iter().filter_map(|action| {
        let rights: Vec<&Right> = RIGHTS.iter().filter(|right| right.action == *action).filter(is_for).collect();
        let who = rights.iter().map(|right| view! { <p>{told(say, right, role)}</p> }.into_any()).collect_view();
        let cells = vec![act(say, *action).into_any(), when(say, *action).into_any(), who.into_any()];
        (!rights.is_empty()).then(|| table::row(&columns, "", cells))
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return empty(d.no_rights, d.no_rights_hint);
    }
    table::table(d.roles, &columns, rows)
}

fn act(say: Say, action: Action) -> &'static str {
    let table = if action == Action::Report { say.w.action } else { say.d.act };
    words::of(table, action.word())
}

/// The states that an action is possible in.
fn when(say: Say, action: Action) -> String {
    let states = states(action);
    if states.is_empty() {
        return say.d.rights_anew.to_owned();
    }
    if State::VARIANTS.iter().filter(|state| state.is_open()).eq(&states) {
        return say.d.rights_open.to_owned();
    }
    states.iter().map(|state| words::of(say.w.state, state.word())).collect::<Vec<_>>().join(say.d.and)
}

/// One row of the table of rights; of a role that was chosen, only how it must stand to the incident.
fn told(say: Say, right: &Right, role: Option<Role>) -> String {
    let hands = right.hands.iter().map(|hand| words::of(say.d.hand, hand.word())).collect::<Vec<_>>();
    let hands = hands.join(say.d.rights_or);
    if role.is_some() {
        return hands;
    }
    let roles = right.roles.iter().map(|role| words::of(say.w.role, role.word())).collect::<Vec<_>>();
    say.d.right_of(&roles.join(say.d.and), &hands)
}

/// Every way to stand to an incident, as the texts must have them.
#[cfg(test)]
pub fn hands() -> Vec<&'static str> {
    geodata::incident::rights::Hand::VARIANTS.iter().map(|hand| hand.word()).collect()
}
