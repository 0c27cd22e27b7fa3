//! A mail server in this process, in whatever mood the test wants.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use app::mail::smtp::Smtp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Takes,
    RefusesForGood,
    RefusesForNow,
}

struct Inside {
    mood: Mood,
    message_ids: Vec<String>,
    /// The Message-IDs of mails that were refused are not seen; how often that was.
    turned_away: usize,
}

/// Listens until the program ends.
#[derive(Clone)]
pub(crate) struct PostOffice {
    port: u16,
    inside: Arc<Mutex<Inside>>,
}

impl PostOffice {
    pub(crate) fn open(mood: Mood) -> PostOffice {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let inside = Arc::new(Mutex::new(Inside { mood, message_ids: Vec::new(), turned_away: 0 }));
        let office = PostOffice { port: listener.local_addr().unwrap().port(), inside };
        let clerk = office.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let clerk = clerk.clone();
                // The client may hang up at any time; that ends the talk.
                thread::spawn(move || drop(clerk.talk(stream)));
            }
        });
        office
    }

    pub(crate) fn smtp(&self) -> Option<Smtp> {
        Some(Smtp::from_url(&format!("smtp://127.0.0.1:{}?hello=localhost", self.port)).unwrap())
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.inside.lock().unwrap().mood = mood;
    }

    /// The Message-IDs of the mails that were taken, in their order.
    pub(crate) fn message_ids(&self) -> Vec<String> {
        self.inside.lock().unwrap().message_ids.clone()
    }

    pub(crate) fn turned_away(&self) -> usize {
        self.inside.lock().unwrap().turned_away
    }

    fn talk(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        stream.write_all(b"220 mail.test\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let answer = match line.get(..4).unwrap_or_default() {
                "RCPT" => self.recipient(),
                "DATA" => {
                    stream.write_all(b"354 go on\r\n")?;
                    self.take(&mut lines)?;
                    "250 2.0.0 queued"
                }
                "QUIT" => return stream.write_all(b"221 bye\r\n"),
                _ => "250 mail.test",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }

    fn recipient(&self) -> &'static str {
        let mut inside = self.inside.lock().unwrap();
        let answer = match inside.mood {
            Mood::Takes => return "250 2.1.5 noted",
            Mood::RefusesForGood => "550 5.1.1 no such person",
            Mood::RefusesForNow => "451 4.3.0 come back in a while",
        };
        inside.turned_away += 1;
        answer
    }

    fn take(&self, lines: &mut impl Iterator<Item = std::io::Result<String>>) -> std::io::Result<()> {
        for line in lines {
            let line = line?;
            if line == "." {
                break;
            }
            if let Some(id) = line.strip_prefix("Message-ID: ") {
                self.inside.lock().unwrap().message_ids.push(id.trim_matches(['<', '>']).to_owned());
            }
        }
        Ok(())
    }
}
