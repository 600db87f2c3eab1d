//! A new account, or another name, role or bond for one that is there. It asks for what the role is bound to, and for
//! nothing else.

use super::{Accounts, Question};
use crate::api::{self, Errand, Failure};
use crate::components::act;
use crate::desk::Say;
use crate::desk::parts::field::{self, Choice, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::search;
use crate::words;
use geodata::Invalid;
use geodata::bond::{self, Bond};
use geodata::town::{GridCode, PersonName, Role, UnitCode, VillageCode};
use geodata::wire::{Account, AccountChange, AccountMade, NewAccount};
use leptos::prelude::*;
use strum::VariantArray as _;

/// What is filled in.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    role: RwSignal<String>,
    village: RwSignal<Vec<String>>,
    grids: RwSignal<Vec<String>>,
    unit: RwSignal<Vec<String>>,
}

impl Draft {
    fn of(account: Option<&Account>) -> Self {
        let text = |of: fn(&Account) -> String| RwSignal::new(account.map(of).unwrap_or_default());
        let list = |of: fn(&Account) -> Vec<String>| RwSignal::new(account.map(of).unwrap_or_default());
        Self {
            name: text(|a| a.name.clone()),
            role: text(|a| a.role.word().to_owned()),
            village: list(|a| a.village.iter().map(ToString::to_string).collect()),
            grids: list(|a| a.grids.iter().map(ToString::to_string).collect()),
            unit: list(|a| a.unit.iter().map(ToString::to_string).collect()),
        }
    }

    fn role(self) -> Option<Role> {
        self.role.with(|word| word.parse().ok())
    }

    /// The account that this asks for: what the role is not bound to is left behind.
    fn read(self) -> Result<NewAccount, Invalid> {
        let name: PersonName = self.name.with_untracked(|name| name.trim().parse())?;
        let role = untrack(|| self.role()).ok_or_else(|| Invalid::new("role", "请选择角色", "choose a role"))?;
        let bond = role.bond();
        let first = |list: RwSignal<Vec<String>>| list.with_untracked(|l| l.first().cloned());
        let village: Option<VillageCode> =
            first(self.village).filter(|_| bond == Bond::Village).map(|code| code.parse()).transpose()?;
        let unit: Option<UnitCode> =
            first(self.unit).filter(|_| bond == Bond::Unit).map(|code| code.parse()).transpose()?;
        let grids: Vec<GridCode> = self.grids.with_untracked(|grids| {
            let grids = grids.iter().filter(|_| bond == Bond::Grids);
            grids.map(|code| code.parse()).collect::<Result<_, _>>()
        })?;
        bond::check(role, village.as_ref(), &grids, unit.as_ref())?;
        Ok(NewAccount { name, role, village, grids, unit })
    }
}

/// The form.
pub fn edit(page: Accounts, say: Say, account: Option<Account>) -> AnyView {
    let d = say.d;
    let form = Form::new(page.desk, "account");
    let draft = Draft::of(account.as_ref());
    let roles = Role::VARIANTS.iter().map(|r| Choice::new(r.word(), words::of(say.w.role, r.word()))).collect();
    let hint = move || draft.role().map(|role| words::of(d.role_hint, role.word()));
    let (villages, grids, units) = (page.places.villages(say), page.places.grids(say), page.places.units(say));
    let bond = Memo::new(move |_| draft.role().map(Role::bond));
    let binding = move || match bond.get() {
        Some(Bond::Village) => search::one(say, form.field("village", d.village_field), villages, draft.village),
        Some(Bond::Grids) => {
            search::many(say, form.field("grids", d.grids_field).hint(d.grids_hint), grids, draft.grids)
        }
        Some(Bond::Unit) => search::one(say, form.field("unit", d.unit_field), units, draft.unit),
        Some(Bond::Nothing) | None => ().into_any(),
    };
    let fields = view! {
        {field::text(say, form.field("name", d.name), Line::default(), draft.name)}
        {field::choice(say, form.field("role", d.role), roles, draft.role)}
        <p class="hint">{move || hint()}</p>
        {move || binding()}
    };
    let submit = if account.is_some() { d.save } else { d.account_add };
    let send = move || match draft.read() {
        Ok(wanted) => save(page, say, form, account.as_ref(), wanted),
        Err(rule) => form.blame(rule.field, say.rule(rule)),
    };
    let cancel = view! {
        <button class="btn plain" type="button" on:click=act(move || page.open.set(None))>{d.cancel}</button>
    };
    form::form(say, form, submit, send, fields, cancel)
}

fn save(page: Accounts, say: Say, form: Form, account: Option<&Account>, wanted: NewAccount) {
    let Some(account) = account else {
        let errand = Errand::post(page.desk.session.path("/api/accounts")).with(&wanted).once(&form.key());
        return form.send(errand, move |body| made(page, say, form, api::read(&body)));
    };
    let told = say.d.account_saved(wanted.name.as_str());
    let change = AccountChange {
        name: Some(wanted.name),
        role: Some(wanted.role),
        village: wanted.village,
        grids: (!wanted.grids.is_empty()).then_some(wanted.grids),
        unit: wanted.unit,
        disabled: None,
    };
    form.send(Errand::patch(page.path(account, "")).with(&change), move |_| {
        page.list.again();
        page.open.set(None);
        page.desk.toasts.tell(told);
    });
}

fn made(page: Accounts, say: Say, form: Form, answer: Result<AccountMade, Failure>) {
    page.list.again();
    match answer {
        Ok(AccountMade { account, password }) => {
            let password = password.expose().to_owned();
            page.open.set(Some(Question::Once(account.name, password, say.d.account_made)));
        }
        Err(failure) => form.refuse(&failure),
    }
}
