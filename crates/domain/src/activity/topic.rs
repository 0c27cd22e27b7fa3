//! What entries of the activity are about, for whoever looks for some of them.

use super::Verb;

macro_rules! topics {
    ($($(#[$doc:meta])* $name:ident = $word:literal: $($noun:literal)*;)*) => {
        /// What an entry is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Topic { $($(#[$doc])* $name,)* }

        impl Topic {
            /// All of them, as they are offered.
            pub const ALL: &'static [Topic] = &[$(Topic::$name,)*];

            /// The word in addresses.
            pub fn word(self) -> &'static str {
                match self { $(Topic::$name => $word,)* }
            }

            /// What the keys of its verbs begin with.
            fn nouns(self) -> &'static [&'static str] {
                match self { $(Topic::$name => &[$($noun,)*],)* }
            }
        }
    };
}

topics! {
    /// Users, and what they may do.
    Users = "users": "user" "job" "access_review" "see_as";
    /// Invitations and requests, and what of them was mailed.
    Invitations = "invitations": "invitation" "mail" "temporary_password" "access_request" "request_link";
    /// Companies and tags.
    Companies = "companies": "company" "companies" "tag";
    /// Alerts, summaries and push.
    Alerts = "alerts": "notification" "alert" "emails" "summary_email" "push";
    /// The account, its brand and its account center.
    Account = "account": "account" "activity" "brand" "account_center" "executive_administrator";
    /// Keys for programs, and the directory.
    Programs = "programs": "api_key" "directory" "directory_token" "directory_group" "directory_user";
    /// How people sign in.
    SignIn = "sign-in": "session" "second_factor" "recovery_codes" "recovery_code" "passkey" "reset" "password"
        "email_change" "email" "login_merge" "login" "single_sign_on";
}

impl Topic {
    /// The topic of a word.
    pub fn of_word(word: &str) -> Option<Topic> {
        Topic::ALL.iter().copied().find(|topic| topic.word() == word)
    }

    /// The keys of what is done there.
    pub fn verbs(self) -> Vec<&'static str> {
        let noun = |key: &str| key.split_once('.').is_some_and(|(noun, _)| self.nouns().contains(&noun));
        Verb::ALL.iter().map(|verb| verb.key()).filter(|key| noun(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is recorded is found under one topic.
    #[test]
    fn a05_every_verb_has_one_topic() {
        for verb in Verb::ALL {
            let topics = Topic::ALL.iter().filter(|topic| topic.verbs().contains(&verb.key()));
            assert_eq!(topics.count(), 1, "{verb:?}");
        }
        for topic in Topic::ALL {
            assert_eq!(Topic::of_word(topic.word()), Some(*topic));
        }
    }
}
