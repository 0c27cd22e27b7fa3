//! Where a push must never lead: somebody's browser says where it goes, or whoever plays one.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::push::{Addresses, FindsAddresses, NoAnswer, Way};
use app::{Conflict, Refused};
use domain::brand::HostName;
use domain::network::OutgoingHosts;
use domain::push::Fault;
use testkit::World;

use super::{device, devices, restart_with, send, test, turn_on, waiting};
use crate::desk::assert_refused;
use crate::push_service::{Browser, Mood, PushService};

/// Says where names lead, each answer once; the last one for good.
#[derive(Clone, Default)]
struct Names(Arc<Mutex<Vec<Vec<SocketAddr>>>>);

impl Names {
    fn leading_to(answers: &[&[&str]]) -> Names {
        let addresses = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Names(Arc::new(Mutex::new(answers.iter().map(addresses).collect())))
    }
}

impl FindsAddresses for Names {
    fn find<'a>(&'a self, _name: &'a HostName) -> Addresses<'a> {
        let mut answers = self.0.lock().unwrap();
        let answer =
            if answers.len() > 1 { Ok(answers.remove(0)) } else { answers.first().cloned().ok_or(NoAnswer) };
        Box::pin(async move { answer })
    }
}

const NAMED: &str = "https://push.example/one";

/// The world in which push.example leads where the names say, and somebody's device there.
async fn world_with(world: &mut World, way: Way) -> testkit::Person {
    restart_with(world, way.patient(Duration::from_secs(2)));
    let ada = world.set_up().await.admin;
    turn_on(world, &ada.ask, &Browser::new(NAMED.to_owned(), 1)).await.unwrap();
    test(world, &ada.ask, &device(world, &ada.ask).await).await.unwrap();
    ada
}

/// A name that leads inside is not gone to, nor is one of which a single address does: no packet leaves. Seen to
/// fail: with the addresses not looked at, and with the first one alone looked at.
#[tokio::test]
async fn x26_a_name_that_leads_inside_is_not_gone_to() {
    let service = PushService::open();
    let inside = service.address.to_string();
    let mapped = format!("[::ffff:127.0.0.1]:{}", service.address.port());
    for addresses in [
        vec![inside.as_str()],
        vec![mapped.as_str()],
        vec!["10.0.0.1:443"],
        vec!["[64:ff9b::7f00:1]:443"],
        vec!["192.0.2.1:443", inside.as_str()],
        vec!["[2606:4700:4700::1111]:443", inside.as_str()],
        vec![inside.as_str(), "[2606:4700:4700::1111]:443"],
    ] {
        for mut world in testkit::worlds().await {
            let names = Names::leading_to(&[&addresses]);
            let ada = world_with(&mut world, Way::with(Box::new(names), Vec::new(), &[])).await;
            assert_eq!((send(&world).await, waiting(&world)), (1, 0), "{addresses:?}");
            assert_eq!(devices(&world, &ada.ask).await[0].fault, Some(Fault::Refused), "{addresses:?}");
        }
    }
    assert_eq!(service.met(), 0);
}

/// A name is looked up once: what it leads to a moment later is not asked. Seen to fail: with a second look between
/// check and connection, in `try_post`.
#[tokio::test]
async fn x26_a_name_that_leads_elsewhere_a_moment_later_is_not_followed() {
    for mut world in testkit::worlds().await {
        let (first, second) = (PushService::open(), PushService::open());
        let answers = [first.address.to_string(), second.address.to_string()];
        let names = Names::leading_to(&[&[&answers[0]], &[&answers[1]]]);
        let way = Way::with(Box::new(names), vec![first.address], &[]);
        world_with(&mut world, way).await;
        send(&world).await;
        assert_eq!((first.met(), second.met()), (1, 0));
    }
}

/// Where the operator has listed hosts, nothing goes to another: no browser with one is taken, and none that was taken before
/// is gone to, nor looked up. Seen to fail: without each of the two looks at the list, in `read_browser` and in `try_ask`.
#[tokio::test]
async fn x26_what_the_operator_has_not_listed_is_not_gone_to() {
    for (list, is_listed) in [("push.example", true), ("*.push.example,other.example", false)] {
        for mut world in testkit::worlds().await {
            let service = PushService::open();
            let names = Names::leading_to(&[&[&service.address.to_string()]]);
            let way = |names: &Names| Way::with(Box::new(names.clone()), vec![service.address], &[]);
            let ada = world_with(&mut world, way(&names)).await;
            let list = OutgoingHosts::parse(list).unwrap();
            restart_with(&mut world, way(&names).only(list).patient(Duration::from_secs(2)));
            send(&world).await;
            assert_eq!(service.met(), usize::from(is_listed));
            let fault = devices(&world, &ada.ask).await[0].fault;
            assert_eq!(fault, Some(if is_listed { Fault::Later } else { Fault::Refused }));
            let again = turn_on(&world, &ada.ask, &Browser::new(NAMED.to_owned(), 2)).await;
            match is_listed {
                true => again.unwrap(),
                false => assert_refused!(again, Refused::Conflict(Conflict::PushNotListed)),
            }
        }
    }
}

/// What a browser says of itself is refused where it can't be outside, or is this server. Seen to fail: without each of
/// the two checks in `read_browser` that stand behind reading.
#[tokio::test]
async fn x26_a_browser_that_says_it_is_inside_is_not_believed() {
    for world in testkit::worlds().await {
        let ada = world.set_up().await.admin;
        let good = Browser::new(NAMED.to_owned(), 1);
        for endpoint in [
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "http://push.example/x",
            "https://push.example:8443/x",
            "https://localhost/x",
            "http://127.0.0.1:80/x",
            "https://rollcall.example.test/x",
            "https://calls.rollcall.example.test/x",
            "",
        ] {
            let refused = turn_on(&world, &ada.ask, &Browser::new(endpoint.to_owned(), 1)).await;
            assert_refused!(refused, Refused::Conflict(Conflict::NoPush));
        }
        let [public, secret] = good.keys();
        let off_the_curve = data_encoding::BASE64URL_NOPAD.encode(&[4; 65]);
        for (public, secret) in [("", ""), (&*public, ""), (&*secret, &*secret), (&*off_the_curve, &*secret)]
        {
            let refused = world.app.read_browser(&ada.ask, NAMED, public, secret).map(drop);
            assert_refused!(refused, Refused::Conflict(Conflict::NoPush));
        }
        assert!(devices(&world, &ada.ask).await.is_empty());
    }
}

/// No redirect is followed. Seen to fail: with a redirect taken for something that passes.
#[tokio::test]
async fn x26_no_redirect_is_followed() {
    for mut world in testkit::worlds().await {
        let (service, inside) = (PushService::open(), PushService::open());
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        turn_on(&world, &ada.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
        let location: &'static str = format!("Location: http://{}/two\r\n", inside.address).leak();
        for status in [301, 302, 303, 307, 308] {
            test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
            service.set_mood("/one", Mood::Says(status, location));
            assert_eq!((send(&world).await, waiting(&world)), (1, 0));
        }
        assert_eq!((service.met(), inside.met()), (5, 0));
        assert_eq!(devices(&world, &ada.ask).await[0].fault, Some(Fault::Refused));
    }
}

/// An address that the operator allows no more is not gone to, though devices are there yet. Seen to fail: with the
/// address read without the operator's, in `write_push`.
#[tokio::test]
async fn x26_what_the_operator_allowed_once_is_not_allowed_for_good() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let ada = world.set_up().await.admin;
        turn_on(&world, &ada.ask, &Browser::at(&service, "/one", 1)).await.unwrap();
        test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
        restart_with(&mut world, Way::new(Vec::new()));
        assert_eq!((send(&world).await, waiting(&world), service.met()), (1, 0, 0));
        assert_eq!(devices(&world, &ada.ask).await[0].fault, Some(Fault::Refused));
    }
}

/// A certificate for a name that nobody signed but itself, and its key, in PEM form.
fn certificate(name: &str) -> (Vec<u8>, Vec<u8>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("push-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
    openssl.args(["-days", "2", "-subj", "/CN=test", "-addext", &format!("subjectAltName=DNS:{name}")]);
    openssl
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate);
    let made = openssl.output().expect("openssl is missing: install it with `apt install openssl`");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let read = (fs::read(certificate).unwrap(), fs::read(key).unwrap());
    fs::remove_dir_all(folder).unwrap();
    read
}

/// The bytes within a certificate's PEM form.
fn der(pem: &[u8]) -> Vec<u8> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    CertificateDer::from_pem_slice(pem).unwrap().to_vec()
}

/// G-08. Outside all goes by HTTPS, to whoever shows that they are who is asked. Seen to fail: with what is sent left
/// without TLS.
#[tokio::test]
async fn g08_outside_all_goes_by_https_to_who_is_asked() {
    for mut world in testkit::worlds().await {
        let (right, key) = certificate("push.example");
        let (other, other_key) = certificate("other.example");
        let cases = [
            (&right, &key, vec![der(&right)], 1),
            (&right, &key, vec![], 0),
            (&other, &other_key, vec![der(&other)], 0),
        ];
        let mut ada = None;
        for (certificate, key, roots, expected) in cases {
            let service = PushService::open_with_tls(certificate, key);
            let names = Names::leading_to(&[&[&service.address.to_string()]]);
            let way = Way::with(Box::new(names), vec![service.address], &roots);
            match &ada {
                None => ada = Some(world_with(&mut world, way).await),
                Some(ada) => {
                    restart_with(&mut world, way.patient(Duration::from_secs(2)));
                    test(&world, &ada.ask, &device(&world, &ada.ask).await).await.unwrap();
                }
            }
            assert_eq!((send(&world).await, service.met()), (1, 1));
            let taken = service.taken();
            assert_eq!((taken.len(), waiting(&world)), (expected, 1 - expected));
            if let Some(taken) = taken.first() {
                assert_eq!((taken.path.as_str(), taken.header("host")), ("/one", "push.example"));
                assert!(Browser::new(NAMED.to_owned(), 1).read(&taken.body).is_some());
            }
            world.sql("DELETE FROM push");
        }
    }
}
