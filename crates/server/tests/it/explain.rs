//! `rollcall explain`: the reason why, in one sentence and as data (P-18).

use serde_json::{Value, json};

use crate::support::{Installation, text};

struct World {
    installation: Installation,
    account: String,
    companies: Vec<String>,
}

impl World {
    fn on(installation: Installation) -> World {
        let account = installation.seed(2, 20).account;
        let rows =
            installation.sql(&format!("SELECT id FROM company WHERE account_id = '{account}' ORDER BY id"));
        // Agents have what they have where Lead Center is used.
        installation.sql("UPDATE company SET lead_center = 1, disabled = 0");
        World { installation, account, companies: rows.into_iter().flatten().collect() }
    }

    /// A user of the account for whom this holds.
    fn user(&self, which: &str) -> String {
        let sql =
            format!("SELECT id FROM \"user\" WHERE account_id = '{}' AND {which} LIMIT 1", self.account);
        self.installation.sql(&sql).remove(0).remove(0)
    }

    fn explain(&self, user: &str, capability: &str, company: Option<&str>) -> Value {
        let args = ["explain", "--user", user, "--capability", capability];
        let company: Vec<&str> = company.into_iter().flat_map(|company| ["--company", company]).collect();
        self.installation.answer(&[&args[..], &company].concat())
    }

    fn companies_of(&self, user: &str) -> Vec<String> {
        let sql = format!("SELECT company_id FROM user_company WHERE user_id = '{user}'");
        self.installation.sql(&sql).into_iter().flatten().collect()
    }
}

#[test]
fn p18_what_is_allowed_is_explained() {
    for world in Installation::each().map(World::on) {
        let administrator = world.user("user_type = 'administrator'");
        assert_eq!(
            world.explain(&administrator, "manage_users", None),
            json!({
                "allowed": true,
                "reason": "The user is active, and the type administrator gives manage_users (P-08) in the whole account.",
                "user": administrator,
                "user_type": "administrator",
                "agent": false,
                "status": "active",
                "capability": "manage_users",
                "row": "P-08",
                "reach": "full",
                "companies": null,
                "smallest_change": [],
            })
        );
        let agent = world.user("user_type = 'agent'");
        let own = world.companies_of(&agent);
        let explained = world.explain(&agent, "place_calls", Some(&own[0]));
        assert_eq!((&explained["allowed"], &explained["reach"]), (&json!(true), &json!("lead_center_only")));
        assert_eq!(
            explained["reason"],
            "The user is active, and the type agent gives place_calls (P-04) for this company, which the user has, in \
             Lead Center only."
        );
        let flagged = world.user("user_type = 'manager' AND agent = 1");
        let explained = world.explain(&flagged, "answer_leads", None);
        assert_eq!(
            explained["reason"],
            "The user is active, and the agent flag gives answer_leads (P-20) within the user's companies."
        );
        assert_eq!(explained["companies"], json!(world.companies_of(&flagged)));
    }
}

#[test]
fn p18_each_refusal_is_explained() {
    for world in Installation::each().map(World::on) {
        let refused = |user: &str, capability: &str, company: Option<&str>| {
            let explained = world.explain(user, capability, company);
            assert_eq!((&explained["allowed"], explained.get("reach")), (&json!(false), None), "{explained}");
            text(&explained["reason"])
        };
        let reporting = world.user("user_type = 'reporting' AND agent = 0");
        assert_eq!(
            refused(&reporting, "manage_users", None),
            "The type reporting does not give manage_users (P-08)."
        );
        let flagged = world.user("user_type = 'manager' AND agent = 1");
        assert_eq!(
            refused(&flagged, "manage_billing", None),
            "Neither the type manager nor the agent flag gives manage_billing (P-11)."
        );
        let own = world.companies_of(&reporting);
        let other = world.companies.iter().find(|company| !own.contains(company)).unwrap();
        assert_eq!(
            refused(&reporting, "read_calls", Some(other)),
            "The type reporting gives read_calls (P-02) within the user's companies, and this company is none of them."
        );
        for (status, beginning) in [
            ("pending", "The user has not accepted the invitation yet"),
            ("suspended", "The user is suspended"),
            ("deleted", "The user was deleted"),
        ] {
            world
                .installation
                .sql(&format!("UPDATE \"user\" SET status = '{status}' WHERE id = '{reporting}'"));
            let reason = refused(&reporting, "read_calls", None);
            assert_eq!(reason, format!("{beginning}, and only active users may do anything."));
        }
    }
}

#[test]
fn p18_the_smallest_change_is_told() {
    for world in Installation::each().map(World::on) {
        let reporting = world.user("user_type = 'reporting' AND agent = 0");
        let own = world.companies_of(&reporting);
        let other = world.companies.iter().find(|company| !own.contains(company)).unwrap();
        let explained = world.explain(&reporting, "manage_trackers", Some(other));
        assert_eq!(
            explained["smallest_change"],
            json!([
                { "step": "promote", "to": "manager", "sentence": "Promote the user to manager." },
                { "step": "give_company", "to": other, "sentence": format!("Give the user the company {other}.") },
            ])
        );
    }
}

#[test]
fn p18_what_is_not_there_is_not_explained() {
    let world = World::on(Installation::new());
    let (administrator, nobody) =
        (world.user("user_type = 'administrator'"), format!("USR{}", "0".repeat(32)));
    let explain = |user: &str, capability: &str, company: &str| {
        let args = ["explain", "--user", user, "--capability", capability, "--company", company];
        let code = if capability == "everything" { 2 } else { 1 };
        world.installation.refusal(code, &args)
    };
    let own = &world.companies[0];
    assert_eq!(explain(&nobody, "read_calls", own), format!("There is no user {nobody}."));
    // An administrator has all companies, but of one account only.
    let elsewhere = format!("SELECT id FROM company WHERE account_id <> '{}'", world.account);
    let elsewhere = &world.installation.sql(&elsewhere)[0][0];
    let told = explain(&administrator, "read_calls", elsewhere);
    assert_eq!(told, format!("The account of user {administrator} has no company {elsewhere}."));
    assert!(
        explain(&administrator, "everything", own).contains("the capabilities are receive_notifications, ")
    );
}
