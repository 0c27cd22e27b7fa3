//! A browser's side of HTTP/1.1, as little of it as the tests need: one connection that is used again, and many requests
//! that reach the server at the same moment.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// How long an answer may take. Longer means that the server hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// A connection that was left alone for longer is not used again: the server may just be closing it.
const IDLE: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: String,
    pub(crate) form: String,
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// One connection to a server; opened again when the server has closed it.
pub(crate) struct Hand {
    address: String,
    stream: Option<BufReader<TcpStream>>,
    used: Instant,
}

impl Ask {
    /// Looks at a page.
    pub(crate) fn get(path: impl Into<String>) -> Ask {
        Ask { method: "GET", path: path.into(), headers: String::new(), form: String::new() }
    }

    /// Sends a form of our own pages; the values are names, ids and addresses, of which only `@`, `+` and the space
    /// need another spelling.
    pub(crate) fn post(path: impl Into<String>, fields: &[(&str, &str)]) -> Ask {
        let spelled = |text: &str| text.replace('+', "%2B").replace('@', "%40").replace(' ', "+");
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", spelled(value))).collect();
        let headers = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
        Ask { method: "POST", path: path.into(), headers: headers.to_owned(), form: fields.join("&") }
    }

    /// The same with a header more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Ask {
        self.headers += &format!("{name}: {value}\r\n");
        self
    }

    /// The same from somebody who is signed in.
    pub(crate) fn with_session(self, token: &str) -> Ask {
        self.with("Cookie", &format!("session={token}"))
    }

    fn bytes(&self, address: &str) -> Vec<u8> {
        let Ask { method, path, headers, form } = self;
        let length = form.len();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n{form}"
        )
        .into_bytes()
    }
}

/// The form that makes the first account, with Ada as its administrator.
pub(crate) fn set_up(account_name: &str, email: &str, password: &str) -> Ask {
    let form = [
        ("account_name", account_name),
        ("time_zone", "UTC"),
        ("first_name", "Ada"),
        ("last_name", "Bell"),
        ("email", email),
        ("password", password),
    ];
    Ask::post("/setup", &form)
}

impl Answer {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The cookie that it sets.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.iter().filter(|(found, _)| found == "set-cookie");
        let pairs = set.filter_map(|(_, value)| value.split(';').next()?.split_once('='));
        pairs.filter(|(found, _)| *found == name).map(|(_, value)| value.to_owned()).next()
    }
}

impl Hand {
    pub(crate) fn new(address: &str) -> Hand {
        Hand { address: address.to_owned(), stream: None, used: Instant::now() }
    }

    /// Asks and waits for the answer.
    pub(crate) fn ask(&mut self, ask: &Ask) -> Result<Answer> {
        self.begin(&ask.bytes(&self.address.clone()))?;
        self.answer()
    }

    /// Asks a server that must be there.
    pub(crate) fn told(&mut self, ask: &Ask) -> Answer {
        self.ask(ask).unwrap_or_else(|error| panic!("{ask:?}: {error}"))
    }

    /// Asks for what does not end. What follows can be read off the connection.
    pub(crate) fn open(mut self, ask: &Ask) -> (u16, BufReader<TcpStream>) {
        self.begin(&ask.bytes(&self.address.clone())).unwrap();
        let stream = self.stream.as_mut().unwrap();
        let (status, _) = head(stream).unwrap();
        (status, self.stream.take().unwrap())
    }

    /// Sends a request, or the beginning of one.
    fn begin(&mut self, bytes: &[u8]) -> Result<()> {
        if self.stream.is_none() || self.used.elapsed() > IDLE {
            let stream = TcpStream::connect(&self.address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            self.stream = Some(BufReader::new(stream));
        }
        self.send(bytes)
    }

    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.as_mut().ok_or(ErrorKind::NotConnected)?.get_mut().write_all(bytes)
    }

    fn answer(&mut self) -> Result<Answer> {
        let stream = self.stream.as_mut().ok_or(ErrorKind::NotConnected)?;
        let answer = read(stream);
        self.used = Instant::now();
        let goes_on = matches!(&answer, Ok(answer) if answer.header("connection") != Some("close"));
        if !goes_on {
            self.stream = None;
        }
        answer
    }
}

/// Sends all requests at the same moment, each on a connection of its own: first everything but the last byte of each,
/// then those. What takes longer than the others can be first and get a head start. The answers in the order of the
/// requests.
pub(crate) fn at_once(
    hands: &mut Vec<Hand>,
    address: &str,
    asks: &[Ask],
    head_start: Duration,
) -> Vec<Answer> {
    while hands.len() < asks.len() {
        hands.push(Hand::new(address));
    }
    let mut bytes: Vec<Vec<u8>> = asks.iter().map(|ask| ask.bytes(address)).collect();
    let lasts: Vec<u8> = bytes.iter_mut().map(|bytes| bytes.pop().expect("no request is empty")).collect();
    for (hand, bytes) in hands.iter_mut().zip(&bytes) {
        hand.begin(bytes).unwrap();
    }
    for (n, (hand, last)) in hands.iter_mut().zip(lasts).enumerate() {
        if n == 1 {
            thread::sleep(head_start);
        }
        hand.send(&[last]).unwrap();
    }
    let answer =
        |(hand, ask): (&mut Hand, &Ask)| hand.answer().unwrap_or_else(|error| panic!("{ask:?}: {error}"));
    hands.iter_mut().zip(asks).map(answer).collect()
}

fn read(stream: &mut BufReader<TcpStream>) -> Result<Answer> {
    let (status, headers) = head(stream)?;
    let mut answer = Answer { status, headers, body: String::new() };
    let length = answer.header("content-length").map_or(Ok(0), str::parse::<usize>);
    let mut body = vec![0; length.map_err(|_| Error::other("a length that is no number"))?];
    stream.read_exact(&mut body)?;
    answer.body = String::from_utf8(body).map_err(Error::other)?;
    Ok(answer)
}

fn head(stream: &mut BufReader<TcpStream>) -> Result<(u16, Vec<(String, String)>)> {
    let first = line(stream)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| Error::other(format!("no answer of HTTP: {first:?}")))?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        let Some((name, value)) = line.split_once(": ") else { return Ok((status, headers)) };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
