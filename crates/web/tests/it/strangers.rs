//! Whom the walks of ids ask as, and for each of them ids that are real and not theirs: of another account, of another
//! account of their own center, of another center, of another person, and of what is gone.

use std::collections::BTreeMap;

use app::Ask;
use app::pass::{CenterPass, Proven, Reason, SystemPass};
use app::work::{Origin, Writer};
use domain::account_center::proof::RunsCenter;
use domain::api_key::TypedKey;
use domain::email::EmailAddress;
use domain::login_merge::Keep;
use domain::user::UserType;
use testkit::{Account, Center, Person, World};

use crate::records::{ask_to_be_let_in, two_logins};
use crate::site::{ACROSS, Site, delete, numbered, review};

/// Ids by the name of their parameter.
type Ids = BTreeMap<&'static str, String>;

/// Parameters that are words and no ids: what is none of them.
const WORDS: [(&str, [&str; 3]); 3] = [
    ("what", ["page-nothing", "Reset", "reset,invitation"]),
    ("capability", ["everything", "Read_calls", "P-02"]),
    ("type", ["owner", "Manager", "manager,administrator"]),
];

/// Somebody who may do everything below a path.
pub(crate) struct Asker {
    pub(crate) who: &'static str,
    pub(crate) ask: Ask,
    /// What the patterns of their routes begin with.
    pub(crate) below: &'static str,
    pub(crate) own: Ids,
    others: BTreeMap<&'static str, Vec<String>>,
}

impl Asker {
    fn new(who: &'static str, ask: &Ask, below: &'static str, own: Ids, others: &[(&str, &Ids)]) -> Asker {
        let mut asker = Asker { who, ask: ask.clone(), below, own, others: BTreeMap::new() };
        for (whose, ids) in others {
            for (name, id) in *ids {
                assert_ne!(asker.own.get(name), Some(id), "{who}: the {name} of {whose} is their own");
                asker.others.entry(*name).or_default().push(id.clone());
            }
        }
        asker
    }

    /// What a parameter of a route below is given, and what must be answered like the first of it, which was never there.
    /// Seen to fail: with any kind of id left out of what the others have.
    pub(crate) fn strange(&self, name: &str) -> Vec<String> {
        if let Some((_, words)) = WORDS.iter().find(|(word, _)| *word == name) {
            return words.map(str::to_owned).to_vec();
        }
        let own = self.own.get(name).unwrap_or_else(|| panic!("{} has no {{{name}}} of their own", self.who));
        let others = self.others.get(name).map(Vec::as_slice).unwrap_or_default();
        assert!(
            !others.is_empty(),
            "{} knows no {{{name}}} of others below {}: add one",
            self.who,
            self.below
        );
        let another_kind = self.own.iter().find(|(kind, _)| **kind != name).map(|(_, id)| id.clone());
        let made_up = format!("{}{}", &own[..3], "f".repeat(32));
        let strange = [made_up].into_iter().chain(others.iter().cloned()).chain(another_kind);
        strange.chain(["x".to_owned()]).collect()
    }

    /// A pattern with their own ids in it.
    pub(crate) fn path(&self, pattern: &str) -> String {
        let path = self
            .own
            .iter()
            .fold(pattern.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
        path.replace("{type}", "manager").replace("{capability}", "read_calls").replace("{what}", "reset")
    }
}

/// The one value of a query that has one.
fn one(world: &World, sql: &str) -> String {
    let rows = world.sql(sql);
    rows.first().unwrap_or_else(|| panic!("nothing is found: {sql}"))[0].clone()
}

/// One of each kind that stands below an account, made for it.
async fn stock(site: &Site, account: &Account, name: &str) -> Ids {
    let (world, id) = (&site.world, &account.id);
    let company = account.company(&format!("Branch {name}")).await;
    let only = std::slice::from_ref(&company);
    let user = account.invite(&format!("{name}@stock.example"), UserType::Reporting, only).await;
    let job = account.start_job("listed@stock.example,Lee,Stead,administrator").await;
    let review = review(world, account).await;
    let mut ids = numbered(world, account).await;
    ids.extend([
        ("account", id.to_string()),
        ("company", company.to_string()),
        ("user", user.to_string()),
        ("job", job.to_string()),
        ("access_review", review.to_string()),
        ("api_key", key(world, account, name).await),
        ("access_request", request(site, id.as_str()).await),
    ]);
    ids
}

/// A key of the account's administrator, for it alone.
async fn key(world: &World, account: &Account, name: &str) -> String {
    let id = &account.id;
    let key = TypedKey {
        name: format!("key {name}"),
        account: id.to_string(),
        ends: "never".to_owned(),
        ..TypedKey::default()
    };
    let made = world.app.create_api_key(&account.admin.ask, &key, testkit::PASSWORD).await;
    made.expect("a key is made");
    one(world, &format!("SELECT id FROM api_key WHERE only_account_id = '{id}' ORDER BY id DESC"))
}

/// The account's request of somebody who asks to be let in.
async fn request(site: &Site, account: &str) -> String {
    let asker = format!("asker{}@stock.example", site.world.sql("SELECT id FROM login").len());
    site.world.another_account("Asker", &asker).await;
    ask_to_be_let_in(site, &asker, account).await;
    let open = "state = 'open' ORDER BY id DESC";
    one(&site.world, &format!("SELECT id FROM access_request WHERE account_id = '{account}' AND {open}"))
}

/// What was in an account and is not any more: a deleted user, a request that was taken back.
async fn gone(site: &Site, account: &Account, name: &str) -> Ids {
    let user = account.invite(&format!("{name}@gone.example"), UserType::Administrator, &[]).await;
    delete(&site.world, account, &user).await;
    let request = request(site, account.id.as_str()).await;
    site.world.sql(&format!("DELETE FROM access_request WHERE id = '{request}'"));
    Ids::from([("user", user.to_string()), ("access_request", request)])
}

/// A person, with one of each kind that people have for themselves; and one of each that they had.
async fn person(site: &Site) -> (Person, Ids, Ids) {
    let world = &site.world;
    let (ask, other) = two_logins(site).await;
    let email = other.replace("other", "own");
    let merged = merge(world, &ask, &other).await;
    let undone = world.merge_made(&merged.ask).await.expect("it was merged");
    let apart = world.undo_merge(&merged.ask, &undone).await.expect("it can be undone");
    let person = merge(world, &apart.ask, &other).await;
    let mut had = belongings(site, &email, &person, site.other.id.as_str()).await;
    for (kind, id) in &had {
        let table = if *kind == "access_request" { "access_ask" } else { kind };
        world.sql(&format!("DELETE FROM {table} WHERE id = '{id}'"));
    }
    had.insert("login_merge", undone.to_string());
    let mut has = belongings(site, &email, &person, site.center.accounts[0].id.as_str()).await;
    let made = world.merge_made(&person.ask).await.expect("it was merged again");
    has.insert("login_merge", made.to_string());
    (person, has, had)
}

async fn merge(world: &World, ask: &Ask, other: &str) -> Person {
    world.prove_login(ask, other).await.expect("the password fits");
    world.merge(ask, Keep::Own).await.expect("they are merged")
}

/// Another session of a person, a key, a device, a passkey, and a request to be let into an account.
async fn belongings(site: &Site, email: &str, person: &Person, account: &str) -> Ids {
    let (world, login) = (&site.world, &person.login);
    let address = EmailAddress::parse(email).expect("an address");
    let create =
        move |w: Writer| app::api_key::create(w, &SystemPass::new(Reason::CommandLine), &address, "export");
    world.app.store.write(Origin::internal(), create).await.expect("a key is made");
    let asked = ask_to_be_let_in(site, email, account).await;
    let device = world.turn_push_on(&person.ask, asked.as_str()).await;
    // By hand: adding one would sign the person out.
    let passkey = format!("PKY{}", &asked[3..]);
    world.sql(&format!(
        "INSERT INTO passkey (id, login_id, credential_id, credential, name, created_at)
         VALUES ('{passkey}', '{login}', '{passkey}', '{{}}', 'Phone', 1)"
    ));
    let newest =
        |table| one(world, &format!("SELECT id FROM {table} WHERE login_id = '{login}' ORDER BY id DESC"));
    Ids::from([
        ("session", newest("session")),
        ("api_key", newest("api_key")),
        ("push_device", device.to_string()),
        ("passkey", passkey),
        ("access_request", asked),
    ])
}

/// What an account center has: an account, somebody in it, who runs it and a list of theirs.
async fn center_ids(world: &World, center: &Center) -> Ids {
    let person = format!("SELECT id FROM center_person WHERE center_id = '{}' ORDER BY id", center.id);
    Ids::from([
        ("account_center", center.id.to_string()),
        ("account", center.accounts[0].id.to_string()),
        ("person", one(world, &person)),
        ("login", center.admin.login.to_string()),
        ("job", center.start_job(&center.admin.ask, ACROSS).await.to_string()),
    ])
}

/// Who was a person of a center and is not any more, and a center that was dissolved.
async fn gone_of_center(site: &Site, center: &Center) -> Ids {
    let (world, north) = (&site.world, &center.accounts[0]);
    let (user, left) = north.join("left@gone.example", UserType::Administrator, &[]).await;
    let person = "SELECT id FROM center_person WHERE email = 'left@gone.example'";
    let person = one(world, person);
    delete(world, north, &user).await;
    let dissolved = world.account_center("Over", "over@gone.example").await;
    dissolved.make_first().await;
    let dissolve = |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| app::account_center::dissolve(w, pass);
    world.app.write(&dissolved.admin.ask, dissolved.id.clone(), dissolve).await.expect("it is dissolved");
    Ids::from([
        ("account_center", dissolved.id.to_string()),
        ("account", dissolved.accounts[0].id.to_string()),
        ("person", person),
        ("login", left.login.to_string()),
    ])
}

/// Everybody whom the walks ask as.
pub(crate) async fn askers(site: &Site) -> Vec<Asker> {
    let (world, center) = (&site.world, &site.center);
    let [north, south] = &center.accounts;
    let foreign = world.account_center("Foreign", "foreign.center@example.com").await;
    foreign.make_first().await;
    let mut ours = Ids::from([
        ("account", site.account.id.to_string()),
        ("company", site.company.to_string()),
        ("user", site.user.to_string()),
        ("job", site.job.to_string()),
        ("access_review", site.review.to_string()),
        ("api_key", key(world, &site.account, "ours").await),
        ("access_request", request(site, site.account.id.as_str()).await),
    ]);
    let mut others = Ids::from([
        ("account", site.other.id.to_string()),
        ("company", site.foreign_company.to_string()),
        ("user", site.foreign_user.to_string()),
        ("job", site.foreign_job.to_string()),
        ("access_review", site.foreign_review.to_string()),
        ("api_key", key(world, &site.other, "theirs").await),
        ("access_request", request(site, site.other.id.as_str()).await),
    ]);
    ours.extend(site.numbered.clone());
    others.extend(site.foreign_numbered.clone());
    let in_north = stock(site, north, "north").await;
    let mut in_south = stock(site, south, "south").await;
    let in_foreign = stock(site, &foreign.accounts[0], "foreign").await;
    let (gone_here, gone_north) = (gone(site, &site.account, "here").await, gone(site, north, "north").await);
    let runs = center_ids(world, center).await;
    let (foreign_center, over) = (center_ids(world, &foreign).await, gone_of_center(site, center).await);
    let account = Ids::from([("account", site.account.id.to_string())]);
    // Every account of the center is open to whoever runs it; what is in one is not in another.
    in_south.remove("account");
    let in_account = "/accounts/{account}";
    let (one, his, had) = person(site).await;
    let (_, hers, _) = person(site).await;
    let mails: Vec<_> = world.sql("SELECT id FROM mail ORDER BY id DESC").into_iter().flatten().collect();
    let mail = |at: usize| Ids::from([("mail", mails[at].clone())]);
    world.sql(&format!("DELETE FROM mail WHERE id = '{}'", mails[1]));
    vec![
        Asker::new(
            "the administrator of an account",
            &site.account.admin.ask,
            in_account,
            ours.clone(),
            &[("another account", &others), ("an account of a center", &in_north), ("the past", &gone_here)],
        ),
        Asker::new(
            "an executive administrator in an account",
            &center.admin.ask,
            in_account,
            in_north,
            &[
                ("another account of the center", &in_south),
                ("an account of another center", &in_foreign),
                ("an account without center", &ours),
                ("the past", &gone_north),
            ],
        ),
        Asker::new(
            "an executive administrator",
            &center.admin.ask,
            "/account-centers/{account_center}",
            runs,
            &[("another center", &foreign_center), ("no center", &account), ("the past", &over)],
        ),
        Asker::new("a person", &one.ask, "/me/", his, &[("another person", &hers), ("the past", &had)]),
        Asker::new("the operator", &world.operator(), "/operator/", mail(0), &[("the past", &mail(1))]),
    ]
}
