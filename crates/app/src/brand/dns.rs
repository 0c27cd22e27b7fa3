//! Looking up TXT records, by which a host is shown to be an account's. One question, to the servers that this machine asks:
//! no more of a resolver is needed.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// How long one server is waited for.
const PATIENCE: Duration = Duration::from_secs(4);
/// Where a machine says which servers it asks.
const SERVERS: &str = "/etc/resolv.conf";
/// The largest answer that comes in one packet.
const PACKET: usize = 4_096;
/// The kind of record, and the class.
const TXT: u16 = 16;
const INTERNET: u16 = 1;
/// How many records of an answer are read.
const RECORDS: u16 = 64;

/// No server has answered: nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// What an answer will be.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<String>, NoAnswer>> + Send + 'a>>;

/// Finds the TXT records of a name; none where there are none.
pub trait FindsTexts: Send + Sync {
    /// Finds them. `luck` marks the question, so that nobody answers it who has not seen it.
    fn find<'a>(&'a self, name: &'a str, luck: [u8; 2]) -> Answer<'a>;
}

/// The servers that this machine asks.
#[derive(Clone, Copy, Debug)]
pub struct System;

impl FindsTexts for System {
    fn find<'a>(&'a self, name: &'a str, luck: [u8; 2]) -> Answer<'a> {
        Box::pin(async move {
            let question = question(name, luck).ok_or(NoAnswer)?;
            let known = std::fs::read_to_string(SERVERS).unwrap_or_default();
            for server in servers(&known) {
                if let Ok(Ok(answer)) = timeout(PATIENCE, ask(server, &question)).await
                    && let Some(texts) = texts(&question, &answer)
                {
                    return Ok(texts);
                }
            }
            Err(NoAnswer)
        })
    }
}

fn servers(known: &str) -> Vec<SocketAddr> {
    let address = |line: &str| {
        let mut words = line.split_whitespace();
        let named = words.next() == Some("nameserver");
        let address: IpAddr = words.next().filter(|_| named)?.parse().ok()?;
        Some(SocketAddr::new(address, 53))
    };
    known.lines().filter_map(address).take(3).collect()
}

/// A question that wants an answer with all that the server can find out.
pub(crate) fn question(name: &str, luck: [u8; 2]) -> Option<Vec<u8>> {
    let mut question = vec![luck[0], luck[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        question.push(u8::try_from(label.len()).ok().filter(|length| (1..64).contains(length))?);
        question.extend(label.as_bytes());
    }
    question.push(0);
    question.extend(TXT.to_be_bytes());
    question.extend(INTERNET.to_be_bytes());
    Some(question)
}

async fn ask(server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
    let any: IpAddr = if server.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    // Answers of others are not even seen then.
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut answer = vec![0; PACKET];
    loop {
        let length = socket.recv(&mut answer).await?;
        if is_answer(question, &answer[..length]) {
            answer.truncate(length);
            break;
        }
    }
    let is_cut = answer[2] & 2 != 0;
    if is_cut { ask_at_length(server, question).await } else { Ok(answer) }
}

async fn ask_at_length(server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), question].concat()).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    if is_answer(question, &answer) { Ok(answer) } else { Err(io::Error::other("another's answer")) }
}

/// Whether it answers this question: the same mark, and the question itself.
pub(crate) fn is_answer(question: &[u8], answer: &[u8]) -> bool {
    let body = 12..question.len();
    let same = answer.get(body.clone()).is_some_and(|asked| asked.eq_ignore_ascii_case(&question[body]));
    same && answer[..2] == question[..2] && answer[2] & 0x80 != 0 && answer[4..6] == [0, 1]
}

/// The texts of an answer; `None` if the server could not tell.
pub(crate) fn texts(question: &[u8], answer: &[u8]) -> Option<Vec<String>> {
    let head = answer.get(..12)?;
    match head[3] & 0xf {
        0 => {}
        // There is no such name.
        3 => return Some(Vec::new()),
        _ => return None,
    }
    let count = u16::from_be_bytes([head[6], head[7]]).min(RECORDS);
    let (mut at, mut found) = (question.len(), Vec::new());
    for _ in 0..count {
        at = after_name(answer, at)?;
        let head = answer.get(at..at + 10)?;
        let (kind, length) =
            (u16::from_be_bytes([head[0], head[1]]), usize::from(u16::from_be_bytes([head[8], head[9]])));
        let data = answer.get(at + 10..at + 10 + length)?;
        if kind == TXT {
            found.push(joined(data)?);
        }
        at += 10 + length;
    }
    Some(found)
}

/// Where a name ends: behind its last label, or behind the pointer to the rest of it.
fn after_name(answer: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *answer.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length if length < 64 => at += 1 + usize::from(length),
            _ => return None,
        }
    }
}

/// A text comes in pieces of at most 255 bytes.
fn joined(mut data: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    while let Some((&length, rest)) = data.split_first() {
        text.extend(rest.get(..usize::from(length))?);
        data = &rest[usize::from(length)..];
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(question: &[u8], code: u8, records: &[(u16, &[u8])]) -> Vec<u8> {
        let mut answer = question.to_vec();
        (answer[2], answer[3], answer[7]) = (0x81, 0x80 | code, records.len() as u8);
        for (kind, data) in records {
            answer.extend([0xc0, 12]);
            answer.extend(kind.to_be_bytes());
            answer.extend([0, 1, 0, 0, 0, 60]);
            answer.extend((data.len() as u16).to_be_bytes());
            answer.extend(*data);
        }
        answer
    }

    /// G-10. Seen to fail: with the mark not compared, and where an answer that is cut short was read.
    #[test]
    fn g10_answers_are_read_and_others_are_none() {
        let question = question("_white-label.calls.example", [7, 9]).unwrap();
        assert!(super::question("a..b", [0, 0]).is_none());
        let answer = answered(&question, 0, &[(5, b"\x01x\0"), (TXT, b"\x03abc\x02de"), (TXT, b"\x01f")]);
        assert!(is_answer(&question, &answer));
        assert_eq!(texts(&question, &answer), Some(vec!["abcde".to_owned(), "f".to_owned()]));
        assert_eq!(texts(&question, &answered(&question, 3, &[])), Some(Vec::new()));
        assert_eq!(texts(&question, &answered(&question, 2, &[])), None);
        for at in 0..answer.len() {
            // Cut short it is no answer, and nothing breaks.
            let _ = texts(&question, &answer[..at]);
            is_answer(&question, &answer[..at]);
        }
        let mut other = answer.clone();
        other[1] = 8;
        assert!(!is_answer(&question, &other));
        assert!(!is_answer(&question, &question));
        assert_eq!(servers("# x\nnameserver 192.0.2.1\nsearch a\nnameserver ::1\nnameserver x").len(), 2);
    }

    /// Against a server that first sends somebody else's answer. Seen to fail: with any answer taken.
    #[tokio::test]
    async fn a_server_is_asked_until_it_answers_this_question() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let at = server.local_addr().unwrap();
        let question = question("a.example", [1, 2]).unwrap();
        let answering = async {
            let mut got = [0; 512];
            let (length, from) = server.recv_from(&mut got).await.unwrap();
            let asked = &got[..length];
            let good = answered(asked, 0, &[(TXT, b"\x02ok")]);
            let mut bad = answered(asked, 0, &[(TXT, b"\x02no")]);
            bad[0] ^= 1;
            server.send_to(&bad, from).await.unwrap();
            server.send_to(&good, from).await.unwrap();
        };
        let (answer, ()) = tokio::join!(ask(at, &question), answering);
        assert_eq!(texts(&question, &answer.unwrap()), Some(vec!["ok".to_owned()]));
    }
}
