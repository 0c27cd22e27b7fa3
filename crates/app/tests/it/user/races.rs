//! What must hold when many do the same at once.

use app::{Conflict, Refused};
use domain::access_change::Already;
use domain::id::UserId;
use domain::input::Problem;
use domain::user::{UserStatus, UserType};
use testkit::{Account, Person, World, at_once};

use crate::desk::{Desk, field};

/// U-01
#[tokio::test]
async fn u01_of_two_who_create_one_address_at_once_one_does() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        for round in 0..10 {
            let (desk, address) = (Desk::of(&world, &account), format!("natalie{round}@example.com"));
            let new = account.new_user(&address, UserType::Administrator, &[]);
            let made = at_once(8, |_| {
                let (desk, new) = (desk.clone(), new.clone());
                async move { desk.create(new).await }
            })
            .await;
            let (made, refused): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
            assert_eq!(made.len(), 1);
            refused
                .into_iter()
                .for_each(|refused| assert_eq!(field(refused), ("email", Problem::AddressTaken)));
            let mails = world.outbox().await.into_iter().filter(|mail| mail.email == address).count();
            assert_eq!(mails, 1);
        }
    }
}

/// How often the administrators delete each other.
const ROUNDS: usize = 50;

/// U-12
#[tokio::test]
async fn u12_administrators_who_delete_each_other_at_once_leave_one() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let first =
            Desk::of(&world, &account).list(UserStatus::Active).await.unwrap().users.rows[0].user.id.clone();
        let mut administrators = vec![(first, account.admin.clone())];
        for round in 0..ROUNDS {
            fill(&account, &mut administrators, 2 + round % 3, round).await;
            let people = administrators.clone();
            let outcomes = at_once(64, |number| {
                // Each of them deletes each of them, themselves too, in another order in each round.
                let (_, by) = &people[(number + round) % people.len()];
                let (id, _) = &people[(number / people.len()) % people.len()];
                let (desk, id) = (Desk::of_person(&world, &account, by), id.clone());
                async move { desk.delete(&id).await }
            })
            .await;
            for outcome in outcomes {
                match outcome {
                    Ok(())
                    | Err(Refused::NotFound)
                    | Err(Refused::Conflict(Conflict::LastAdministrator))
                    | Err(Refused::Conflict(Conflict::Already(Already::Deleted))) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
            administrators = active(&world, &account, administrators).await;
            assert!(!administrators.is_empty(), "nobody is left in round {round}");
        }
    }
}

async fn fill(account: &Account, administrators: &mut Vec<(UserId, Person)>, wanted: usize, round: usize) {
    let mut account = account.clone();
    account.admin = administrators[0].1.clone();
    for number in administrators.len()..wanted {
        let address = format!("admin.{round}.{number}@example.com");
        administrators.push(account.join(&address, UserType::Administrator, &[]).await);
    }
}

/// Those who can still sign in and manage.
async fn active(world: &World, account: &Account, people: Vec<(UserId, Person)>) -> Vec<(UserId, Person)> {
    let mut active = Vec::new();
    for (id, person) in people {
        if Desk::of_person(world, account, &person).get(&id).await.is_ok() {
            active.push((id, person));
        }
    }
    active
}
