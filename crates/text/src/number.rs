//! Numbers as a language writes them.

use crate::{Language, Text};

impl Text {
    /// A count with its thousands apart: 5,000 in English. Spanish leaves numbers of four digits whole: 5000, 10.000.
    pub fn number(self, count: i64) -> String {
        let (separator, from) = match self.language {
            Language::English => (',', 4),
            Language::Spanish => ('.', 5),
        };
        let digits = count.unsigned_abs().to_string();
        let mut written = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if count < 0 {
            written.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && digits.len() >= from && (digits.len() - index).is_multiple_of(3) {
                written.push(separator);
            }
            written.push(digit);
        }
        written
    }

    /// A number that is told in hundredths: 4.51 in English, 4,51 in Spanish.
    pub fn hundredths(self, hundredths: u32) -> String {
        let point = match self.language {
            Language::English => '.',
            Language::Spanish => ',',
        };
        format!("{}{point}{:02}", self.number(i64::from(hundredths / 100)), hundredths % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-08. Seen to fail: with the thousands of every number apart in Spanish.
    #[test]
    fn i08_numbers_have_their_thousands_apart() {
        let written = |language| {
            [0, 999, 1_000, 10_000, 5_000_000, -100, -10_000].map(|n| Text::new(language).number(n))
        };
        assert_eq!(
            written(Language::English),
            ["0", "999", "1,000", "10,000", "5,000,000", "-100", "-10,000"]
        );
        assert_eq!(
            written(Language::Spanish),
            ["0", "999", "1000", "10.000", "5.000.000", "-100", "-10.000"]
        );
    }

    /// I-08. Seen to fail: without the zero of a few hundredths.
    #[test]
    fn i08_numbers_have_the_point_of_their_language() {
        let written = |language| [0, 7, 450, 2_105, 100_000].map(|n| Text::new(language).hundredths(n));
        assert_eq!(written(Language::English), ["0.00", "0.07", "4.50", "21.05", "1,000.00"]);
        assert_eq!(written(Language::Spanish), ["0,00", "0,07", "4,50", "21,05", "1000,00"]);
    }

    /// I-08
    #[test]
    fn i08_counts_in_sentences_are_numbers_too() {
        let said = |language, n| Text::new(language).account_center_accounts_of(n);
        assert_eq!(
            [1, 2, 10_000].map(|n| said(Language::English, n)),
            ["1 account", "2 accounts", "10,000 accounts"]
        );
        assert_eq!(
            [1, 2, 10_000].map(|n| said(Language::Spanish, n)),
            ["1 cuenta", "2 cuentas", "10.000 cuentas"]
        );
    }
}
