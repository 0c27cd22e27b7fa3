//! The access decision, beside Cedar and Casbin on the same matrix: every type, with and without the agent flag, and
//! every capability. All three are asked the same questions in the same order and must answer alike.

use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use divan::{Bencher, black_box};
use domain::access::{Companies, Grants, Target, decide};
use domain::capability::{Capability, Mark, REGISTRY, mark};
use domain::user::{UserStatus, UserType};

fn main() {
    divan::main();
}

/// Every question: who, and what for.
fn questions() -> Vec<(UserType, bool, Capability)> {
    let people = UserType::ALL.iter().flat_map(|user_type| [(*user_type, false), (*user_type, true)]);
    people
        .flat_map(|(user_type, agent)| REGISTRY.iter().map(move |line| (user_type, agent, line.capability)))
        .collect()
}

fn role((user_type, agent): (UserType, bool)) -> String {
    format!("{}{}", user_type.word(), if agent { "-agent" } else { "" })
}

fn expected() -> Vec<bool> {
    questions().into_iter().map(|(user_type, agent, what)| mark(user_type, agent, what) != Mark::No).collect()
}

/// Asks all questions once; divan divides by their number.
#[divan::bench]
fn rollcall(bencher: Bencher) {
    let asked: Vec<(Grants, Capability)> = questions()
        .into_iter()
        .map(|(user_type, agent, what)| {
            let grants = Grants {
                user_type,
                agent,
                status: UserStatus::Active,
                companies: Companies::All,
                white_label: false,
                ends_at: None,
            };
            (grants, what)
        })
        .collect();
    let ask = |(grants, what): &(Grants, Capability)| {
        decide(black_box(grants), black_box(*what), &Target::Account).is_ok()
    };
    assert_eq!(asked.iter().map(ask).collect::<Vec<_>>(), expected());
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 1) % asked.len();
        ask(&asked[at])
    });
}

#[divan::bench]
fn cedar(bencher: Bencher) {
    let uid = |kind: &str, id: &str| -> EntityUid { format!("{kind}::\"{id}\"").parse().expect("an entity") };
    let policies: String = questions()
        .into_iter()
        .filter(|(user_type, agent, what)| mark(*user_type, *agent, *what) != Mark::No)
        .map(|(user_type, agent, what)| {
            let (role, what) = (role((user_type, agent)), what.line().key);
            format!("permit(principal == Role::\"{role}\", action == Action::\"{what}\", resource);\n")
        })
        .collect();
    let policies: PolicySet = policies.parse().expect("policies");
    let (authorizer, entities) = (Authorizer::new(), Entities::empty());
    let asked: Vec<Request> = questions()
        .into_iter()
        .map(|(user_type, agent, what)| {
            let (who, what) = (uid("Role", &role((user_type, agent))), uid("Action", what.line().key));
            Request::new(who, what, uid("Account", "one"), Context::empty(), None).expect("a request")
        })
        .collect();
    let ask = |request: &Request| {
        authorizer.is_authorized(black_box(request), &policies, &entities).decision() == Decision::Allow
    };
    assert_eq!(asked.iter().map(ask).collect::<Vec<_>>(), expected());
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 1) % asked.len();
        ask(&asked[at])
    });
}

const MODEL: &str = "
[request_definition]
r = sub, act
[policy_definition]
p = sub, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.act == p.act
";

#[divan::bench]
fn casbin(bencher: Bencher) {
    let rules: Vec<Vec<String>> = questions()
        .into_iter()
        .filter(|(user_type, agent, what)| mark(*user_type, *agent, *what) != Mark::No)
        .map(|(user_type, agent, what)| vec![role((user_type, agent)), what.line().key.to_owned()])
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(MODEL).await.expect("a model");
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
        enforcer.add_policies(rules).await.expect("policies");
        enforcer
    });
    let asked: Vec<(String, &str)> = questions()
        .into_iter()
        .map(|(user_type, agent, what)| (role((user_type, agent)), what.line().key))
        .collect();
    let ask =
        |(who, what): &(String, &str)| enforcer.enforce((black_box(who.as_str()), *what)).expect("an answer");
    assert_eq!(asked.iter().map(ask).collect::<Vec<_>>(), expected());
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 1) % asked.len();
        ask(&asked[at])
    });
}
