use super::*;

fn typed() -> TypedBrand<'static> {
    TypedBrand {
        name: "Bright Calls",
        sender: "",
        support: "help@bright.example",
        accent: "#0b5c4d",
        terms: "https://bright.example/terms?a=1",
        privacy: "",
    }
}

/// nobody's mails come from an address that is not theirs. Seen to fail: with a sender taken like any name.
#[test]
fn x23_a_brand_sends_as_nobodys_address() {
    for name in ["ceo@bank.example", "\"Bank\" <ceo@bank.example>", "Bank <", "> Bank"] {
        for typed in [TypedBrand { name, ..typed() }, TypedBrand { sender: name, ..typed() }] {
            let errors = typed.parse().expect_err(name);
            assert_eq!((errors.len(), errors[0].problem), (1, Problem::LikeAnAddress), "{name}");
        }
    }
}

/// G-10. Seen to fail: with an empty sender kept.
#[test]
fn g10_a_brand_is_read_and_each_fault_is_told() {
    let brand = typed().parse().expect("all is well");
    assert_eq!((brand.name.as_str(), brand.sender.as_str()), ("Bright Calls", "Bright Calls"));
    assert_eq!((brand.terms.is_some(), brand.privacy), (true, None));
    let wrong = TypedBrand {
        name: "\u{202e}x",
        sender: "a\nb",
        support: "help",
        accent: "#fff",
        terms: "javascript:alert(1)",
        privacy: "https://bright.example/\"><b>",
    };
    let errors = wrong.parse().expect_err("all is wrong");
    let problems: Vec<(&str, Problem)> = errors.iter().map(|error| (error.field, error.problem)).collect();
    assert_eq!(
        problems,
        [
            ("name", Problem::BadCharacters),
            ("sender", Problem::BadCharacters),
            ("support", Problem::NotAnEmail),
            ("accent", Problem::NotAColor),
            ("terms", Problem::NotALink),
            ("privacy", Problem::NotALink),
        ]
    );
    for link in [
        "http://bright.example",
        "https://",
        "https://user@bright.example/",
        "https://bright example/",
        "//bright.example",
        "https://127.0.0.1/",
        "https://bright.example\r\n\r\n/x",
        "https:// bright.example/x",
        "https://bright.example\u{2028}/x",
    ] {
        let found = TypedBrand { terms: link, ..typed() }.parse();
        assert!(found.is_err(), "{link}");
    }
}

/// C-09. Seen to fail: with a brand's voice for who is in two accounts.
#[test]
fn c09_a_login_of_several_accounts_hears_no_brand() {
    assert_eq!(voice(0, 0), Voice::Product);
    assert_eq!(voice(3, 0), Voice::Product);
    assert_eq!(voice(1, 1), Voice::Brand);
    assert_eq!(voice(2, 1), Voice::Nobody);
    assert_eq!(voice(2, 2), Voice::Nobody);
}

/// G-10. Seen to fail: with nobody asked for an address for help.
#[test]
fn g10_what_is_missing_is_listed() {
    let brand = typed().parse().unwrap();
    assert_eq!(missing(Some(&brand), 0), []);
    assert_eq!(missing(Some(&brand), 1), [Missing::Previews(1)]);
    assert_eq!(missing(Some(&Brand { support: None, ..brand }), 0), [Missing::Support]);
    assert_eq!(missing(None, 0).len(), 3);
}

/// G-10. Seen to fail: with its digits alone written.
#[test]
fn g10_a_colour_is_kept_as_it_was() {
    let brand = typed().parse().unwrap();
    let kept: Accent = String::from(brand.accent).try_into().unwrap();
    assert_eq!(kept, brand.accent);
    assert!(Accent::try_from("#12345".to_owned()).is_err());
}

/// G-10. Seen to fail: with the address as it is.
#[test]
fn g10_a_click_on_the_address_for_help_is_one_plain_address() {
    let look = Look { support: Some("a?cc=b&c#d@bright.example".to_owned()), ..Look::default() };
    assert_eq!(look.support_link(), "mailto:a%3Fcc=b%26c%23d@bright.example");
}
