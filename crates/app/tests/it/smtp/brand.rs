//! Mails of a brand as they go over the wire, with their envelopes (G-10, C-09).

use std::fs;
use std::path::Path;

use app::mail::smtp::{Delivery, Smtp};
use app::pass::{Reason, SystemPass};
use domain::email::EmailAddress;
use domain::mail::MailKind;
use domain::user::UserType;
use testkit::{World, brand_of};
use text::{Language, Text};

use super::AT;
use super::server::Server;

const HOST: &str = "calls.bright.test";

/// What must stand nowhere.
const OTHERS: [&str; 3] = ["rollcall", "calls.hosted.test", "plain dental"];

/// All of the nth mail: as it was sent, and as a reader's program takes it apart.
fn all_of(server: &Server, n: usize) -> String {
    format!("{}\n{}", server.raw_mail(n), server.mail(n)).to_lowercase()
}

fn assert_silent(what: &str, all: &str) {
    for name in OTHERS {
        assert!(!all.contains(name), "{what} names {name}: {all}");
    }
}

fn smtp(server: &Server) -> Smtp {
    Smtp::from_url(&format!("{}?hello={HOST}", server.url())).unwrap()
}

/// G-10, I-08. Every kind of mail, in both languages. Seen to fail: with a header of the product's.
#[tokio::test]
async fn g10_no_kind_of_mail_of_a_brand_names_another_on_the_wire() {
    let mut world = World::sqlite().await;
    world.serve_plainly();
    let (account, server) = (world.set_up().await, Server::start("normal"));
    let (smtp, brand) = (smtp(&server), brand_of("Bright Calls"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("mails");
    fs::create_dir_all(&folder).unwrap();
    let mut sent = 0;
    for kind in MailKind::ALL {
        for language in Language::ALL {
            let of = (&account.id, &brand, Some(HOST));
            let message = world.app.sample_mail(Text::new(language), *kind, of, "Northside").unwrap();
            let delivery = smtp.send(&message, AT).await;
            assert!(matches!(delivery, Delivery::HandedOver { .. }), "{kind:?}: {delivery:?}");
            sent += 1;
            // For eyes.
            let name = format!("brand-{}-{}.html", kind.word(), language.code());
            fs::write(folder.join(name), &message.html).unwrap();
            let all = all_of(&server, sent);
            assert!(all.contains("bright calls"), "{kind:?}: {all}");
            assert_silent(&format!("{kind:?}"), &all);
        }
    }
    for n in 1..=server.connections() {
        let said = server.dialogue(n).to_lowercase();
        assert!(said.contains(&format!("mail from:<mail@{HOST}>")), "{said}");
        assert_silent("the envelope", &said);
    }
}

/// G-10. What the worker sends: an invitation, the same once more, and a reset. Seen to fail: with a header of the product's.
#[tokio::test]
async fn g10_what_the_worker_sends_for_a_brand_names_no_other() {
    for mut world in testkit::worlds().await {
        let server = Server::start("normal");
        world.serve_plainly();
        let account = world.set_up().await;
        world.another_account("Plain Dental", "paula@example.com").await;
        world.sql("UPDATE mail SET state = 'dropped'");
        account.show_brand("Bright Calls", Some(HOST)).await;
        let smtp = smtp(&server);
        world.restart(|app| app.smtp = Some(smtp));
        account.invite("kim@example.com", UserType::Administrator, &[]).await;
        let ada = EmailAddress::parse("ada@example.com").unwrap();
        world.app.request_reset(&world.visitor(), ada).await.unwrap();
        let worker = SystemPass::new(Reason::Worker);
        world.app.answer_reset_requests(&worker).await.unwrap();
        while world.app.send_due_mails(&worker).await.unwrap() > 0 {}
        assert_eq!(server.mails(), 2);
        for n in 1..=2 {
            let all = all_of(&server, n);
            assert!(all.contains(&format!("https://{HOST}/")), "{all}");
            assert_silent("a mail", &all);
        }
    }
}
