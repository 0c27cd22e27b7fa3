//! What a name server answers is read to its end or not at all, and makes no more text than it has (G-10).

#![no_main]

use app::fuzzing::{dns_question, dns_texts};
use libfuzzer_sys::fuzz_target;

const NAME: &str = "_white-label.calls.example";

fuzz_target!(|data: &[u8]| {
    let check = |answer: &[u8]| {
        let Some(texts) = dns_texts(NAME, [7, 9], answer) else { return };
        assert!(texts.len() <= 64);
        // A byte that is no text becomes a sign of three.
        assert!(texts.iter().map(String::len).sum::<usize>() <= 3 * answer.len());
        assert_eq!(answer[..2], [7, 9], "another's answer");
    };
    check(data);
    // The same behind the question, so that what comes after it is reached.
    if let Some((head, records)) = data.split_at_checked(6) {
        let mut answer = dns_question(NAME, [7, 9]).expect("a question");
        answer[6..12].copy_from_slice(head);
        answer[2] |= 0x80;
        answer.extend(records);
        check(&answer);
    }
});
