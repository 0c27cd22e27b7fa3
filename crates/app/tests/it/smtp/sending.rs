//! What becomes of a mail with servers in every mood.

use std::time::{Duration, Instant};

use app::mail::smtp::{Delivery, Smtp};

use super::server::Server;
use super::{AT, message};

async fn send(url: &str) -> Delivery {
    Smtp::from_url(url).unwrap().send(&message(), AT).await
}

fn handed_over(delivery: Delivery) -> String {
    match delivery {
        Delivery::HandedOver { reply } => reply,
        other => panic!("not handed over: {other:?}"),
    }
}

fn refused(delivery: Delivery) -> String {
    match delivery {
        Delivery::Refused { sentence } => sentence,
        other => panic!("not refused: {other:?}"),
    }
}

fn bounced(delivery: Delivery) -> String {
    match delivery {
        Delivery::Bounced { sentence } => sentence,
        other => panic!("not bounced: {other:?}"),
    }
}

fn later(delivery: Delivery) -> String {
    match delivery {
        Delivery::TryLater { sentence } => sentence,
        other => panic!("not for later: {other:?}"),
    }
}

#[tokio::test]
async fn a_mail_is_handed_over() {
    let server = Server::start("normal");
    assert_eq!(handed_over(send(&server.url()).await), "250 2.0.0 Queued as 1");
    let dialogue = server.dialogue(1);
    assert!(dialogue.contains("MAIL FROM:<hello@rollcall.example.test>\r\n"), "{dialogue}");
    assert_eq!(dialogue.matches("RCPT TO:<kim@example.test>\r\n").count(), 1);
}

#[tokio::test]
async fn mails_share_a_connection() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    for n in 1..=5 {
        assert_eq!(handed_over(smtp.send(&message(), AT).await), format!("250 2.0.0 Queued as {n}"));
    }
    assert_eq!((server.mails(), server.connections()), (5, 1));
    smtp.close().await;
    assert!(server.dialogue(1).ends_with("QUIT\r\n"));
    handed_over(smtp.send(&message(), AT).await);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn mails_at_once_all_arrive() {
    let server = Server::start("normal");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    let sends: Vec<_> = (0..20)
        .map(|_| {
            let smtp = smtp.clone();
            tokio::spawn(async move { smtp.send(&message(), AT).await })
        })
        .collect();
    for send in sends {
        handed_over(send.await.unwrap());
    }
    assert_eq!(server.mails(), 20);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    let server = Server::start("one-mail");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    for n in 1..=2 {
        handed_over(smtp.send(&message(), AT).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!((server.mails(), server.connections()), (n, n));
    }
}

/// I-07: that there is no such person is told apart from every other refusal. Meant to fail: with each 5xx to a recipient
/// taken for it.
#[tokio::test]
async fn i07_a_permanent_no_is_final() {
    let server = Server::start("refuse");
    let sentence = bounced(send(&server.url()).await);
    let words = "refused the recipient: 550 5.1.1 No such person here";
    assert_eq!(sentence, format!("The mail server {words}"));
    for (mode, words) in [
        ("refuse-quota", "refused the recipient: 552 5.2.2 Mailbox full"),
        ("refuse-policy", "refused the recipient: 550 5.7.1 Not wanted from you"),
        ("refuse-data", "refused the mail: 554 5.5.1 No valid recipients"),
        ("refuse-mail", "refused the mail: 554 5.6.0 This mail is not wanted"),
        ("refuse-sender", "refused the sender: 553 5.7.1 Nobody here writes as this sender"),
    ] {
        let server = Server::start(mode);
        let sentence = refused(send(&server.url()).await);
        assert_eq!(sentence, format!("The mail server {words}"));
        assert_eq!(server.mails(), 0);
    }
}

#[tokio::test]
async fn a_temporary_no_is_for_later() {
    let server = Server::start("temporary");
    let sentence = later(send(&server.url()).await);
    assert!(
        sentence.ends_with("does not take the recipient now: 451 4.3.0 Come back in a while"),
        "{sentence}"
    );
}

#[tokio::test]
async fn dropped_connections_are_for_later() {
    for (mode, words) in [
        ("drop-greeting", "cannot be reached"),
        ("drop-data", "broke off at the mail: the connection was closed."),
    ] {
        let server = Server::start(mode);
        let sentence = later(send(&server.url()).await);
        assert!(sentence.contains(words), "{sentence}");
    }
}

/// I-07: nobody can know whether it was taken, so it is sent again as the same one.
#[tokio::test]
async fn i07_a_mail_in_doubt_is_sent_again_under_its_message_id() {
    let server = Server::start("drop-taken");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    let sentence = later(smtp.send(&message(), AT).await);
    assert!(sentence.contains("broke off at the mail: the connection was closed."), "{sentence}");
    handed_over(smtp.send(&message(), AT).await);
    assert_eq!((server.mails(), server.connections()), (2, 2));
    let id = |n| server.mail(n)["headers"][4].clone();
    assert_eq!((&id(1), id(1)[0].as_str()), (&id(2), Some("Message-ID")));
}

#[tokio::test]
async fn nobody_listening_is_for_later() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let sentence = later(send(&format!("smtp://127.0.0.1:{free}")).await);
    assert!(sentence.contains("cannot be reached: Connection refused"), "{sentence}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_for_later() {
    let server = Server::start("silent");
    let start = Instant::now();
    let sentence = later(send(&format!("{}?timeout=1", server.url())).await);
    assert!(sentence.ends_with("did not finish within 1 seconds."), "{sentence}");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

/// The answer to the slow mail must never be taken for the answer to the next one.
#[tokio::test]
async fn after_a_timeout_the_next_mail_has_its_own_connection() {
    let server = Server::start("slow");
    let smtp = Smtp::from_url(&format!("{}?timeout=1", server.url())).unwrap();
    later(smtp.send(&message(), AT).await);
    assert_eq!(handed_over(smtp.send(&message(), AT).await), "250 2.0.0 Queued as 1");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_send_that_is_dropped_leaves_no_connection_behind() {
    let server = Server::start("slow");
    let smtp = Smtp::from_url(&server.url()).unwrap();
    tokio::time::timeout(Duration::from_millis(500), smtp.send(&message(), AT)).await.unwrap_err();
    assert_eq!(handed_over(smtp.send(&message(), AT).await), "250 2.0.0 Queued as 1");
    assert_eq!(server.connections(), 2);
}

/// A server that says yes to everything, also where a question is due, has not understood.
#[tokio::test]
async fn an_answer_out_of_turn_is_for_later() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (mut said, mut asked) = (b"220 yes\r\n".as_slice(), [0; 1000]);
        loop {
            stream.writable().await.unwrap();
            stream.try_write(said).unwrap();
            said = b"250 yes\r\n";
            stream.readable().await.unwrap();
            match stream.try_read(&mut asked) {
                Ok(0) => break,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => said = b"",
                other => drop(other.unwrap()),
            }
        }
    });
    let sentence = later(send(&url).await);
    assert!(sentence.ends_with("gave an answer out of turn to the mail: 250."), "{sentence}");
}

const LOGIN: &str = "kim:p%40ss%3A%20%2F%25@";

#[tokio::test]
async fn starttls_and_sign_in() {
    let (server, root) = Server::start_with_tls("starttls");
    let url = |login: &str, options: &str| format!("smtp://{login}localhost:{}{options}", server.port);

    let trusted = Smtp::from_url_trusting(&url(LOGIN, "?tls=required"), &root).unwrap();
    handed_over(trusted.send(&message(), AT).await);
    handed_over(trusted.send(&message(), AT).await);
    assert_eq!(server.connections(), 1);

    // Opportunistic takes what is offered.
    handed_over(
        Smtp::from_url_trusting(&url(LOGIN, "?tls=opportunistic"), &root).unwrap().send(&message(), AT).await,
    );

    let wrong = Smtp::from_url_trusting(&url("kim:wrong@", "?tls=required"), &root).unwrap();
    let sentence = later(wrong.send(&message(), AT).await);
    assert!(sentence.contains("does not let us sign in: 535"), "{sentence}");

    // Only the settings are at fault, so the mail waits.
    let nobody = Smtp::from_url_trusting(&url("", "?tls=required"), &root).unwrap();
    let sentence = later(nobody.send(&message(), AT).await);
    assert!(sentence.contains("wants another way to sign in: 530"), "{sentence}");

    let before = server.connections();
    let sentence = later(send(&url(LOGIN, "?tls=required")).await);
    assert!(sentence.contains("could not start TLS: invalid peer certificate"), "{sentence}");
    let dialogue = server.dialogue(before + 1);
    assert!(dialogue.ends_with("STARTTLS\r\n") && !dialogue.contains("AUTH"), "{dialogue}");
    assert_eq!(server.mails(), 3);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_taken() {
    let (server, root) = Server::start_with_tls("starttls");
    let url = format!("smtp://{LOGIN}127.0.0.1:{}?tls=required", server.port);
    let sentence = later(Smtp::from_url_trusting(&url, &root).unwrap().send(&message(), AT).await);
    assert!(sentence.contains("not valid for name"), "{sentence}");
}

#[tokio::test]
async fn nothing_is_sent_where_starttls_is_missing() {
    let server = Server::start("normal");
    let sentence = later(send(&format!("{}?tls=required", server.url())).await);
    assert!(sentence.contains("does not offer STARTTLS"), "{sentence}");
    assert!(!server.dialogue(1).contains("MAIL"), "{}", server.dialogue(1));
}

#[tokio::test]
async fn tls_from_the_first_byte() {
    let (server, root) = Server::start_with_tls("smtps");
    let url = format!("smtps://{LOGIN}localhost:{}", server.port);
    handed_over(Smtp::from_url_trusting(&url, &root).unwrap().send(&message(), AT).await);
    let sentence = later(send(&url).await);
    assert!(sentence.contains("invalid peer certificate"), "{sentence}");
    assert_eq!(server.mails(), 1);

    let plain = Server::start("normal");
    let sentence = later(send(&format!("smtps://localhost:{}", plain.port)).await);
    assert!(sentence.contains("cannot be reached"), "{sentence}");
}

/// I-07. A mail server that lets in by a certificate alone takes mails of whoever shows it. Seen to fail: with the certificate handed
/// to the library as the PEM text that it asks for.
#[tokio::test]
async fn i07_a_mail_server_may_ask_for_our_certificate() {
    let (server, root, [known, stranger]) = Server::start_certified();
    let url = |more: &str| format!("smtps://localhost:{}?root={root}{more}", server.port);
    handed_over(send(&url(&known)).await);
    for refused in ["", &stranger] {
        let sentence = later(send(&url(refused)).await);
        assert!(sentence.contains("cannot be reached"), "{sentence}");
    }
    assert_eq!(server.mails(), 1);
    for (more, part) in [
        (known.split("&key=").next().unwrap().to_owned(), "belong together"),
        (known.replace("&cert=", "&cert=/none"), "cannot be read"),
        (known.replace("known.key", "known.pem"), "must be PEM files"),
        (known.replace("known.key", "stranger.key"), "cannot be used"),
    ] {
        let sentence = Smtp::from_url(&url(&more)).unwrap_err().to_string();
        assert!(sentence.contains(part), "{sentence}");
    }
    // Whoever names an authority means to be encrypted.
    for plain in
        [format!("smtp://localhost?root={root}"), format!("smtp://mail.example.com?tls=none&root={root}")]
    {
        let sentence = Smtp::from_url(&plain).unwrap_err().to_string();
        assert!(sentence.contains("needs TLS"), "{sentence}");
    }
    let key = known.split("&key=").nth(1).unwrap();
    for open in [0o604, 0o602] {
        std::fs::set_permissions(key, std::os::unix::fs::PermissionsExt::from_mode(open)).unwrap();
        let sentence = Smtp::from_url(&url(&known)).unwrap_err().to_string();
        assert!(sentence.contains("by everybody"), "{sentence}");
    }
}

#[tokio::test]
async fn no_root_certificate_is_no_setting() {
    let wrong = Smtp::from_url_trusting("smtps://mail.example.com", b"not a certificate").unwrap_err();
    assert!(wrong.to_string().contains("holds no PEM certificate"), "{wrong}");
}

#[tokio::test]
async fn the_password_stays_out_of_logs() {
    let smtp = Smtp::from_url("smtps://kim:hush@mail.example.com").unwrap();
    assert_eq!(format!("{smtp:?}"), "Smtp(mail.example.com:465)");
}
