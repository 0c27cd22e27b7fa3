//! Maps of access: pictures, with the same data as a table beneath.

use domain::user::UserType;
use http::Method;

use crate::site::{Site, Standing};

/// P-15. One's own map names one's accounts and companies, and nothing of others.
#[tokio::test(flavor = "multi_thread")]
async fn p15_ones_own_map_has_ones_own_access_and_no_more() {
    for site in Site::everywhere().await {
        let of = |wanted| {
            site.people().into_iter().find(|(standing, _)| *standing == wanted).expect("there is one").1
        };
        let page = |ask| site.ask(&Method::GET, "/me/access", ask, "");
        let manager = page(of(Standing::Member(UserType::Manager))).await.body;
        assert!(
            manager.contains("<svg") && manager.contains("Acme") && manager.contains("Downtown"),
            "{manager}"
        );
        for other in ["Riverside", "Other Dental", "All companies"] {
            assert!(!manager.contains(other), "{other}");
        }
        assert_eq!(manager.matches("<rect class=\"whole\" x=\"26\"").count(), 1, "the first right is theirs");
        let administrator = page(of(Standing::Member(UserType::Administrator))).await.body;
        assert!(administrator.contains("All companies"));
        for out in [Standing::Suspended, Standing::Deleted] {
            assert!(page(of(out)).await.body.contains("No account yet"), "{out:?}");
        }
    }
}

/// P-15. The map of an account draws what its table says.
#[tokio::test(flavor = "multi_thread")]
async fn p15_an_accounts_map_draws_who_has_which_company() {
    for site in Site::everywhere().await {
        for number in 10..25 {
            site.account.company(&format!("Zone {number}")).await;
        }
        let map = format!("/accounts/{}/users/map", site.account.id);
        let page = site.ask(&Method::GET, &map, site.admin(), "").await.body;
        assert_eq!(page.matches("class=\"guide\"").count(), 12, "as many companies as fit");
        // Manager, reporting user, agent and one more have one company. The suspended
        // administrator of this site was made so past the product, and still stands in the lists.
        assert_eq!(page.matches("<rect class=\"given\" x=\"104\"").count(), 4);
        assert_eq!(page.matches("<rect class=\"every\" x=\"104\"").count(), 2);
        assert_eq!(page.matches("<bdi>Downtown</bdi>").count(), 4);
        let more = page.split("href=\"").find(|rest| rest.contains("More companies")).expect("a link");
        let more = more.split('"').next().expect("an address").replace("&amp;", "&").replace("&#38;", "&");
        let further = site.ask(&Method::GET, &more, site.admin(), "").await.body;
        assert!(further.contains("Zone 24") && !further.contains("<title>Downtown"), "{further}");
        assert!(further.contains("and 1 other") && further.contains("First companies"));
    }
}
