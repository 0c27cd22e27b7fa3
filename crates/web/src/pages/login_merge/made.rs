//! What merging two logins does, shown before it is done, and undoing it (C-01).

use app::login_merge::{self, Preview, UndoPreview};
use app::pass::{Proven, SelfPass};
use app::{Conflict, Refused};
use domain::id::LoginMergeId;
use domain::login_merge::{Keep, Obstacle, Place, Plan, Since, Undo};
use serde::Deserialize;
use text::Text;

use super::Errors;
use crate::http::problem::sentence;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::login_merge::{Account, Choose, Confirm, Shown};
use crate::views::{Icon, isolated};

/// Which address is to stay.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chosen {
    keep: String,
}

/// What the page showed, and the present password.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Confirmed {
    keep: String,
    seen: String,
    password: String,
}

/// The same for undoing, where nothing is chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UndoConfirmed {
    seen: String,
    password: String,
}

/// Which address stays; then what merging does.
pub async fn confirm_page(visit: Visit<Proven<SelfPass>>, chosen: Chosen) -> Answer {
    let Ok(keep) = chosen.keep.parse::<Keep>() else { return choose(&visit).await };
    match view(&visit, keep, &Errors::default(), None).await {
        Ok(page) => visit.page(page),
        Err(refused) => begin_anew(&visit, refused),
    }
}

/// Merges (C-01).
pub async fn confirm(visit: Visit<Proven<SelfPass>>, typed: Confirmed) -> Answer {
    let Ok(keep) = typed.keep.parse::<Keep>() else { return choose(&visit).await };
    let done = visit.app.merge_logins(&visit.ask, keep, &typed.password, typed.seen).await;
    let (errors, conflict) = match done {
        Ok(session) => return visit.started(visit.go_and_tell("/me", Toast::LoginsMerged), &session),
        Err(Refused::Invalid(errors)) => (Errors(errors), None),
        Err(Refused::Conflict(conflict)) => (Errors::default(), Some(conflict)),
        Err(refused) => return begin_anew(&visit, refused),
    };
    match view(&visit, keep, &errors, conflict).await {
        Ok(page) => answer(&visit, page),
        Err(refused) => begin_anew(&visit, refused),
    }
}

async fn choose(visit: &Visit<Proven<SelfPass>>) -> Answer {
    let preview = visit.read(|r, pass| login_merge::preview(r, pass, Keep::Own)).await;
    let (pass, preview) = match preview {
        Ok(found) => found,
        Err(refused) => return begin_anew(visit, refused),
    };
    // What stands in the way whichever address stays is said at once.
    if matches!(
        preview.plan,
        Err(Obstacle::BothIn(_)
            | Obstacle::UnderWay
            | Obstacle::Unproven
            | Obstacle::Guarded
            | Obstacle::Executive(_)
            | Obstacle::SameLogin)
    ) {
        return visit.page(draw(visit, &pass, &preview, Keep::Own, &Errors::default()));
    }
    visit.page(Choose {
        t: visit.t(),
        frame: visit.person_frame(pass.person()),
        own: preview.own.email,
        other: preview.other.email,
    })
}

/// Where nothing is proven, or not any more, the other login is asked for anew.
fn begin_anew(visit: &Visit<Proven<SelfPass>>, refused: Refused) -> Answer {
    match refused {
        Refused::NotFound | Refused::Conflict(Conflict::Changed) => visit.go("/me/merge"),
        refused => Err(refused),
    }
}

async fn view(
    visit: &Visit<Proven<SelfPass>>,
    keep: Keep,
    errors: &Errors,
    conflict: Option<Conflict>,
) -> Result<Confirm, Refused> {
    let (pass, preview) = visit.read(move |r, pass| login_merge::preview(r, pass, keep)).await?;
    let page = draw(visit, &pass, &preview, keep, errors);
    Ok(with_notice(visit, page, conflict))
}

/// The reason goes along, where the page as it stands now does not say it.
fn with_notice(visit: &Visit<Proven<SelfPass>>, page: Confirm, conflict: Option<Conflict>) -> Confirm {
    let notice = conflict.filter(|_| page.plan.is_ok()).map(|conflict| match conflict {
        Conflict::Changed => visit.t().login_merge_overtaken().to_owned(),
        other => sentence(visit, other),
    });
    Confirm { notice, ..page }
}

/// A page in answer to what was not done.
fn answer(visit: &Visit<Proven<SelfPass>>, page: Confirm) -> Answer {
    if page.notice.is_none() && page.plan.is_ok() {
        return visit.mend(page);
    }
    let mut response = visit.page(page)?;
    *response.status_mut() = http::StatusCode::CONFLICT;
    Ok(response)
}

fn draw(
    visit: &Visit<Proven<SelfPass>>,
    pass: &SelfPass,
    preview: &Preview,
    keep: Keep,
    errors: &Errors,
) -> Confirm {
    let t = visit.t();
    Confirm {
        t,
        frame: visit.person_frame(pass.person()),
        title: t.login_merge_confirm().to_owned(),
        notice: None,
        plan: match &preview.plan {
            Ok(plan) => Ok(shown(t, preview, plan, keep)),
            Err(obstacle) => Err(in_the_way(t, &preview.other.email, obstacle)),
        },
        action: "/me/merge/confirm".to_owned(),
        hidden: vec![("keep", keep.word().to_owned()), ("seen", preview.seen())],
        present: pass.person().email.clone(),
        password: errors.password(t),
        button: t.login_merge_button(),
        back: "/me/merge".to_owned(),
    }
}

/// What a plan does, line by line.
fn shown(t: Text, preview: &Preview, plan: &Plan, keep: Keep) -> Shown {
    let mut lines = vec![
        (
            Icon::CircleCheck,
            match keep {
                Keep::Own => t.login_merge_stays(&plan.email),
                Keep::Other => t.login_merge_changes(&plan.email, &plan.gone),
            },
        ),
        (Icon::Minus, t.login_merge_goes(&plan.gone)),
    ];
    let accounts: Vec<&str> = plan.readdressed.iter().map(|place| place.account_name.as_str()).collect();
    if !accounts.is_empty() {
        lines.push((Icon::Pencil, t.login_merge_readdressed(&plan.email, listed(&accounts))));
    }
    lines.push((Icon::LogOut, t.login_merge_sessions().to_owned()));
    if !plan.keys.is_empty() {
        let keys: Vec<&str> = plan.keys.iter().map(String::as_str).collect();
        lines.push((Icon::KeyRound, t.login_merge_keys(listed(&keys))));
    }
    lines.push((Icon::Mail, t.login_merge_mails(&plan.email, &plan.gone)));
    lines.push((Icon::History, t.login_merge_undo_note().to_owned()));
    let moves = |place: &Place| preview.other.places.contains(place);
    let accounts = plan.afterwards.iter().map(|place| account(place, moves(place))).collect();
    Shown { lines, accounts: vec![(t.login_merge_accounts(&plan.email), accounts)] }
}

fn account(place: &Place, moves: bool) -> Account {
    let Place { account_name, user_type, status, .. } = place.clone();
    Account { name: account_name, user_type, status, moves }
}

/// Names in a line.
fn listed(names: &[&str]) -> String {
    names.iter().map(|name| isolated(name).to_string()).collect::<Vec<_>>().join(", ")
}

fn in_the_way(t: Text, other: &str, obstacle: &Obstacle) -> String {
    let all = |names: &[String]| listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    match obstacle {
        Obstacle::SameLogin => t.form_own_login().to_owned(),
        Obstacle::BothIn(accounts) => t.login_merge_both_in(all(accounts), other),
        Obstacle::Unproven => t.login_merge_unproven(other),
        Obstacle::Guarded => t.login_merge_guarded(other),
        Obstacle::UnderWay => t.login_merge_under_way().to_owned(),
        Obstacle::Executive(centers) => t.login_merge_executive(other, all(centers)),
        Obstacle::AddressInAccounts { email, accounts } => t.login_merge_in_accounts(email, all(accounts)),
        Obstacle::AddressTaken(email) => t.login_merge_taken(email),
    }
}

/// What undoing a merge does.
pub async fn undo_page(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    let page = undo_view(&visit, &Errors::default(), None).await?;
    visit.page(page)
}

/// Undoes a merge.
pub async fn undo(visit: Visit<Proven<SelfPass>>, typed: UndoConfirmed) -> Answer {
    let id: LoginMergeId = visit.param("login_merge")?;
    // A merge that is not one's own is not found, whatever is typed.
    undo_view(&visit, &Errors::default(), None).await?;
    let done = visit.app.undo_login_merge(&visit.ask, id, &typed.password, typed.seen).await;
    let (errors, conflict) = match done {
        Ok(session) => return visit.started(visit.go_and_tell("/me", Toast::LoginMergeUndone), &session),
        Err(Refused::Invalid(errors)) => (Errors(errors), None),
        Err(Refused::Conflict(conflict)) => (Errors::default(), Some(conflict)),
        Err(refused) => return Err(refused),
    };
    answer(&visit, undo_view(&visit, &errors, conflict).await?)
}

async fn undo_view(
    visit: &Visit<Proven<SelfPass>>,
    errors: &Errors,
    conflict: Option<Conflict>,
) -> Result<Confirm, Refused> {
    let id: LoginMergeId = visit.param("login_merge")?;
    let wanted = id.clone();
    let (pass, preview) = visit.read(move |r, pass| login_merge::preview_undo(r, pass, &wanted)).await?;
    let t = visit.t();
    let page = Confirm {
        t,
        frame: visit.person_frame(pass.person()),
        title: t.login_merge_undo_title().to_owned(),
        notice: None,
        plan: match &preview.plan {
            Ok(undo) => Ok(undo_shown(t, &preview, undo)),
            Err(obstacle) => Err(in_the_way(t, &preview.email, obstacle)),
        },
        action: format!("/me/merge/undo/{id}"),
        hidden: vec![("seen", preview.seen())],
        present: pass.person().email.clone(),
        password: errors.password(t),
        button: t.login_merge_undo_button(),
        back: "/me".to_owned(),
    };
    Ok(with_notice(visit, page, conflict))
}

fn undo_shown(t: Text, preview: &UndoPreview, undo: &Undo) -> Shown {
    let mut lines = vec![
        (Icon::CircleCheck, t.login_merge_undo_own(&undo.own_email)),
        (Icon::CircleCheck, t.login_merge_undo_other(&preview.email)),
    ];
    for (account, since) in &undo.since {
        let account = isolated(account);
        lines.push((
            Icon::CircleAlert,
            match since {
                Since::Changed => t.login_merge_since_changed(account),
                Since::Deleted => t.login_merge_since_deleted(account),
                Since::Elsewhere => t.login_merge_since_elsewhere(account),
            },
        ));
    }
    lines.push((Icon::LogOut, t.login_merge_undo_sessions().to_owned()));
    lines.push((Icon::Mail, t.login_merge_mails(&undo.own_email, &undo.other_email)));
    let there = |places: &[Place], moves| -> Vec<Account> {
        places.iter().filter(|place| place.is_there()).map(|place| account(place, moves)).collect()
    };
    let accounts = vec![
        (t.login_merge_accounts(&undo.own_email), there(&undo.stays, false)),
        (t.login_merge_accounts(&undo.other_email), there(&undo.returns, true)),
    ];
    Shown { lines, accounts }
}
