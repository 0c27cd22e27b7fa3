//! As much of HTTP as asking one's own server takes.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

/// Somebody signed in, over one connection that stays open.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    port: u16,
    cookie: String,
}

/// An answer: its headers in one text, and its body.
struct Answer {
    head: String,
    body: String,
}

impl Client {
    /// Signs in.
    pub(crate) fn sign_in(port: u16, email: &str, password: &str) -> io::Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        let mut client = Client { stream: BufReader::new(stream), port, cookie: String::new() };
        let form = format!("email={}&password={password}", email.replace('@', "%40"));
        let headers = format!(
            "Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://localhost:{port}\r\n\
             Content-Length: {}\r\n",
            form.len()
        );
        let answer = client.ask("POST", "/sign-in", &headers, &form)?;
        let cookies = answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
        let pairs: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
        client.cookie = pairs.join("; ");
        if client.cookie.is_empty() { Err(io::Error::other(answer.head)) } else { Ok(client) }
    }

    /// A page's text.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<String> {
        let cookie = format!("Cookie: {}\r\n", self.cookie);
        let answer = self.ask("GET", path, &cookie, "")?;
        if answer.head.starts_with("HTTP/1.1 200") {
            Ok(answer.body)
        } else {
            Err(io::Error::other(answer.head))
        }
    }

    /// Has something committed, a name of one's own: what was read before is then read anew.
    pub(crate) fn commit(&mut self, number: usize) -> io::Result<()> {
        let form = format!("first_name=Noah&last_name=Ramos{}", number % 2);
        let headers = format!(
            "Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nOrigin: http://localhost:{}\r\n\
             Content-Length: {}\r\n",
            self.cookie,
            self.port,
            form.len()
        );
        let answer = self.ask("POST", "/me", &headers, &form)?;
        if answer.head.starts_with("HTTP/1.1 303") { Ok(()) } else { Err(io::Error::other(answer.head)) }
    }

    /// How many users a page shows.
    pub(crate) fn rows(&mut self, path: &str) -> io::Result<usize> {
        let body = self.get(path)?;
        let rows = body.split("<tbody").nth(1).unwrap_or_default();
        Ok(rows.matches("<tr").count())
    }

    /// The address of the page behind this one, if there is one.
    pub(crate) fn next_page(&mut self, path: &str) -> io::Result<Option<String>> {
        let body = self.get(path)?;
        let links = body.split("href=\"").filter_map(|rest| rest.split('"').next());
        Ok(links.map(str::to_owned).find(|link| link.contains("after=")))
    }

    /// The second company that the list can be filtered by.
    pub(crate) fn company(&mut self, users: &str) -> io::Result<String> {
        let body = self.get(users)?;
        let mut values = body.split("<option value=\"COM").filter_map(|rest| rest.split('"').next());
        let id = values.nth(2).ok_or_else(|| io::Error::other("the account has no companies"))?;
        Ok(format!("COM{id}"))
    }

    fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\n{headers}\r\n{body}", self.port);
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { head, body: String::from_utf8(body).map_err(io::Error::other)? })
    }
}
