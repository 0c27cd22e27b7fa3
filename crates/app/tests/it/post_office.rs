//! A mail server in this process, in whatever mood the test wants.

use std::io::{BufRead, BufReader, Error, ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use app::mail::smtp::Smtp;

/// Where a talk can take a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Recipient,
    /// Before the mail is sent.
    Data,
    /// After it has come.
    Mail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Takes,
    /// Answers so at that stage, and keeps nothing.
    Says(Stage, &'static str),
    /// Hangs up at that stage without an answer, and keeps nothing.
    HangsUp(Stage),
    /// Takes the mail, and hangs up before it says so: the sender cannot know.
    TakesAndHangsUp,
    /// Takes the mail, and says so later than the sender waits.
    TakesSlowly,
}

impl Mood {
    pub(crate) const UNKNOWN: Mood = Mood::Says(Stage::Recipient, "550 5.1.1 no such person");
    pub(crate) const BUSY: Mood = Mood::Says(Stage::Recipient, "451 4.3.0 come back in a while");
}

struct Inside {
    mood: Mood,
    /// Message-ID and recipient of each mail that was taken.
    taken: Vec<(String, String)>,
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
        let inside = Arc::new(Mutex::new(Inside { mood, taken: Vec::new(), turned_away: 0 }));
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
        self.smtp_with("")
    }

    /// With more settings, such as `&timeout=1`.
    pub(crate) fn smtp_with(&self, more: &str) -> Option<Smtp> {
        Some(Smtp::from_url(&format!("smtp://127.0.0.1:{}?hello=localhost{more}", self.port)).unwrap())
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.inside.lock().unwrap().mood = mood;
    }

    /// The Message-IDs of the mails that were taken, in their order.
    pub(crate) fn message_ids(&self) -> Vec<String> {
        self.inside.lock().unwrap().taken.iter().map(|(id, _)| id.clone()).collect()
    }

    /// To whom.
    pub(crate) fn recipients(&self) -> Vec<String> {
        self.inside.lock().unwrap().taken.iter().map(|(_, to)| to.clone()).collect()
    }

    /// How often something was refused.
    pub(crate) fn turned_away(&self) -> usize {
        self.inside.lock().unwrap().turned_away
    }

    fn mood(&self) -> Mood {
        self.inside.lock().unwrap().mood
    }

    fn talk(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let mut to = String::new();
        stream.write_all(b"220 mail.test\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let answer = match line.get(..4).unwrap_or_default() {
                "RCPT" => {
                    to = line.trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                    self.answer(Stage::Recipient, "250 2.1.5 noted")?
                }
                "DATA" => match self.answer(Stage::Data, "354 go on")? {
                    "354 go on" => {
                        stream.write_all(b"354 go on\r\n")?;
                        self.take(&mut lines, &to)?
                    }
                    refused => refused,
                },
                "QUIT" => return stream.write_all(b"221 bye\r\n"),
                _ => "250 mail.test",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }

    /// What is answered at a stage; an error where the line goes dead.
    fn answer(&self, stage: Stage, well: &'static str) -> std::io::Result<&'static str> {
        match self.mood() {
            Mood::Says(at, answer) if at == stage => {
                self.inside.lock().unwrap().turned_away += 1;
                Ok(answer)
            }
            Mood::HangsUp(at) if at == stage => Err(Error::from(ErrorKind::ConnectionAborted)),
            _ => Ok(well),
        }
    }

    fn take(
        &self,
        lines: &mut impl Iterator<Item = std::io::Result<String>>,
        to: &str,
    ) -> std::io::Result<&'static str> {
        let mut id = String::new();
        for line in lines {
            let line = line?;
            if line == "." {
                break;
            }
            if let Some(found) = line.strip_prefix("Message-ID: ") {
                found.trim_matches(['<', '>']).clone_into(&mut id);
            }
        }
        let answer = self.answer(Stage::Mail, "250 2.0.0 queued")?;
        if answer.starts_with('2') {
            self.inside.lock().unwrap().taken.push((id, to.to_owned()));
        }
        match self.mood() {
            Mood::TakesAndHangsUp => return Err(Error::from(ErrorKind::ConnectionAborted)),
            Mood::TakesSlowly => thread::sleep(Duration::from_secs(3)),
            _ => {}
        }
        Ok(answer)
    }
}
