//! What stands in the rail and in the My Account panel. Who sees an entry follows from the door of its route, so a
//! menu never offers what the route would refuse.

use app::pass::{CenterPass, Door, Person, Place};
use domain::access::{InUse, decide_anywhere};
use domain::id::AccountId;
use domain::user::UserType;
use text::Text;

use crate::routes;
use crate::views::{AccountMark, Frame, Icon, NavItem, PersonMark};

/// Where an entry stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    Rail,
    Panel,
    Both,
}

/// An entry: the route it leads to and what it is called.
struct Entry {
    path: &'static str,
    label: fn(Text) -> &'static str,
    icon: Icon,
    spot: Spot,
}

const HOME: &str = "/accounts/{account}";
const CENTER: &str = "/account-centers/{account_center}";
const USERS: &str = "/accounts/{account}/users";

/// All entries of an account's pages, in their order.
const ENTRIES: &[Entry] = &[
    Entry { path: HOME, label: Text::account_home, icon: Icon::House, spot: Spot::Rail },
    Entry {
        path: "/accounts/{account}/lead-center",
        label: Text::lead_center_title,
        icon: Icon::Headset,
        spot: Spot::Rail,
    },
    Entry { path: USERS, label: Text::user_title, icon: Icon::Users, spot: Spot::Both },
    Entry {
        path: "/accounts/{account}/companies",
        label: Text::company_title,
        icon: Icon::Building2,
        spot: Spot::Rail,
    },
    Entry {
        path: "/accounts/{account}/settings",
        label: Text::account_settings,
        icon: Icon::Settings,
        spot: Spot::Panel,
    },
    Entry {
        path: "/accounts/{account}/companies",
        label: Text::company_all,
        icon: Icon::Building2,
        spot: Spot::Panel,
    },
    Entry {
        path: "/accounts/{account}/permissions",
        label: Text::permission_title,
        icon: Icon::ShieldCheck,
        spot: Spot::Panel,
    },
    Entry {
        path: "/accounts/{account}/activity",
        label: Text::activity_title,
        icon: Icon::History,
        spot: Spot::Panel,
    },
];

/// The frame of an account's page for whoever holds this place.
pub(super) fn account_frame(t: Text, path: &str, place: &Place) -> Frame {
    // Agents have Lead Center and nothing else (L-01). Where none of their companies uses it, Home says so.
    let lands_elsewhere = place.grants.user_type == UserType::Agent && place.in_use >= InUse::LeadCenter;
    let allowed = |entry: &&Entry| {
        routes::door_of(entry.path).is_some_and(|door| opens(door, place))
            && !(lands_elsewhere && entry.path == HOME)
    };
    let item = |entry: &Entry| {
        let href = entry.path.replace("{account}", place.account.as_str());
        let current = if entry.path == HOME { path == href } else { path.starts_with(&href) };
        // Lists of users are reached from there.
        let current = current || (entry.path == USERS && path.starts_with(&href.replace("/users", "/jobs")));
        NavItem::new((entry.label)(t), href, entry.icon, current)
    };
    let entries: Vec<&Entry> = ENTRIES.iter().filter(allowed).collect();
    let at = |spot| entries.iter().filter(move |entry| entry.spot == spot || entry.spot == Spot::Both);
    let person = place.person.as_ref();
    Frame {
        account: Some(AccountMark::new(place.account.as_str(), &place.account_name)),
        person: person.map(|person| PersonMark::new(person.name(), &person.email)),
        nav: at(Spot::Rail).map(|entry| item(entry)).collect(),
        panel: at(Spot::Panel)
            .map(|entry| item(entry))
            .chain(center_entry(t, place))
            .chain(own_entries(t, path, &own_profile(place)))
            .collect(),
        ..Frame::default()
    }
}

/// To the account's center for who administers accounts: the page decides which, and whether there is one.
fn center_entry(t: Text, place: &Place) -> Option<NavItem> {
    let is_for = place.grants.user_type == UserType::Administrator;
    is_for.then(|| NavItem::new(t.account_center_title(), "/account-centers", Icon::LayoutGrid, false))
}

/// All entries of an account center's pages, in their order.
const CENTER_ENTRIES: &[Entry] = &[
    Entry { path: CENTER, label: Text::account_center_accounts, icon: Icon::Building2, spot: Spot::Rail },
    Entry {
        path: "/account-centers/{account_center}/users",
        label: Text::account_center_users,
        icon: Icon::Users,
        spot: Spot::Rail,
    },
    Entry {
        path: "/account-centers/{account_center}/activity",
        label: Text::activity_title,
        icon: Icon::History,
        spot: Spot::Rail,
    },
    Entry {
        path: "/account-centers/{account_center}/settings",
        label: Text::account_center_settings,
        icon: Icon::Settings,
        spot: Spot::Rail,
    },
];

/// The frame of an account center's page.
pub(super) fn center_frame<C>(t: Text, path: &str, pass: &CenterPass<C>) -> Frame {
    let opens = |entry: &&Entry| matches!(routes::door_of(entry.path), Some(Door::Center(least)) if pass.standing() >= least);
    let item = |entry: &Entry| {
        let href = entry.path.replace("{account_center}", pass.center().as_str());
        let current = if entry.path == CENTER { path == href } else { path.starts_with(&href) };
        NavItem::new((entry.label)(t), href, entry.icon, current)
    };
    Frame {
        center: Some(AccountMark::new(pass.center().as_str(), pass.name())),
        person: Some(PersonMark::new(pass.person().name(), &pass.person().email)),
        nav: CENTER_ENTRIES.iter().filter(opens).map(item).collect(),
        panel: own_entries(t, path, "/me"),
        ..Frame::default()
    }
}

/// The frame of a page of a signed-in person without account, with the way back to the account that they came from.
pub(super) fn person_frame(t: Text, path: &str, person: &Person, back: Option<&AccountId>) -> Frame {
    let came_from = back.filter(|_| path.starts_with("/me"));
    let back = back.filter(|_| ["/me", "/account-centers"].iter().any(|own| path.starts_with(own)));
    let back =
        back.map(|id| NavItem::new(t.account_back(), format!("/accounts/{id}"), Icon::ArrowLeft, false));
    Frame {
        came_from: came_from.map(ToString::to_string),
        person: Some(PersonMark::new(person.name(), &person.email)),
        nav: back.into_iter().chain(own_entries(t, path, "/me")).collect(),
        panel: own_entries(t, path, "/me"),
        ..Frame::default()
    }
}

/// The frame of the operator's pages.
pub(super) fn operator_frame(t: Text) -> Frame {
    let mails = NavItem::new(t.operator_mails(), "/operator/mails", Icon::Mail, true);
    Frame { nav: vec![mails], ..Frame::default() }
}

fn own_entries(t: Text, path: &str, profile: &str) -> Vec<NavItem> {
    let is_profile = path == profile || path.starts_with("/me");
    vec![
        NavItem::new(t.account_choose(), "/accounts", Icon::Repeat, path == "/accounts"),
        NavItem::new(t.me_title(), profile, Icon::CircleUserRound, is_profile),
    ]
}

/// My Profile begins with the names that the account shows.
fn own_profile(place: &Place) -> String {
    format!("{HOME}/me").replace("{account}", place.account.as_str())
}

fn opens(door: Door, place: &Place) -> bool {
    match door {
        Door::Account(Some(capability)) => decide_anywhere(&place.grants, capability, place.in_use).is_ok(),
        Door::Account(None) | Door::SignedIn | Door::Open => true,
        Door::Company(_) | Door::Center(_) | Door::Link(_) | Door::Key | Door::Directory | Door::Operator => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry whose route is not in the table would be left out without a word.
    #[test]
    fn every_entry_leads_to_a_page_of_the_table() {
        for entry in ENTRIES.iter().chain(CENTER_ENTRIES) {
            assert!(routes::door_of(entry.path).is_some(), "no GET route has the path {}", entry.path);
        }
    }
}
