//! Forms with a file: a few arrive and are taken apart at a time, and nothing is read before it is known who sends it.

use std::future::Future;
use std::time::Duration;

use ::http::{HeaderMap, StatusCode, header};
use app::pass::Gate;
use app::{Refused, SharedApp};
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::route::{FromPath, Speaks};
use super::turns::{Turns, says_at_most};
use super::visit::{self, Answer, Visit};

/// How long a file may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long somebody waits until others are done.
const WAIT: Duration = Duration::from_secs(5);
/// The largest file, in bytes.
const FILE: usize = app::brand::logo::MAX_BYTES;
/// What stands around it in a form.
const AROUND: usize = 8 * 1024;
/// How many fields a form with a file has at most.
pub(crate) const FIELDS: usize = 9;

/// Files that are taken apart at the same time.
static WORKERS: Semaphore = Semaphore::const_new(2);
/// Files that arrive at the same time: who sends slowly must not keep others from it.
static ARRIVING: Turns = Turns::new(16, [2, 8, 2]);

/// Name and content of a field.
pub(crate) type Field = (String, Vec<u8>);

/// What a form with a file may hold.
#[derive(Clone, Copy, Debug)]
pub struct FileForm {
    /// The field of the file, which may be left empty.
    pub file: &'static str,
    /// The others.
    pub fields: &'static [&'static str],
}

/// A form with a file, or without one. With one it has its place until it is dropped: who breaks off gives the place back, yet
/// not while a thread still takes the file apart.
#[derive(Debug)]
pub struct Upload {
    fields: Vec<Field>,
    _place: Option<SemaphorePermit<'static>>,
}

impl Upload {
    /// A field's text; empty where it is none.
    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.bytes(name)).unwrap_or_default()
    }

    /// A file's bytes; none where it is not there.
    pub fn bytes(&self, name: &str) -> &[u8] {
        field_of(&self.fields, name).unwrap_or_default()
    }

    /// Does what takes a while with it, on a thread of its own; `None` if that broke.
    pub async fn taken_apart<T: Send + 'static>(
        self,
        work: impl FnOnce(&Upload) -> T + Send + 'static,
    ) -> Option<T> {
        tokio::task::spawn_blocking(move || work(&self)).await.ok()
    }
}

/// Runs a handler on a form with a file.
pub(super) async fn run<P, F, R>(
    app: SharedApp,
    (params, form): (RawPathParams, FileForm),
    request: Request,
    handler: F,
) -> Response
where
    P: Gate<Target: FromPath>,
    F: FnOnce(Visit<P>, Upload) -> R,
    R: Future<Output = Answer>,
{
    let visit = match visit::enter::<P>(app, Speaks::Pages, &params, &request) {
        Ok(visit) => visit,
        Err(turned) => return turned.answer().await,
    };
    let visitor = visit.visitor();
    if let Some(refused) = visit::only_looks::<P>(&visitor).await {
        return visitor.refuse(refused).await;
    }
    // Whoever may not do it is told so before a byte is read.
    let pass = match visit.pass().await {
        Ok(pass) => pass,
        Err(refused) => return visitor.refuse(refused).await,
    };
    let boundary = match boundary(request.headers()) {
        Ok(boundary) => boundary,
        Err(status) => return visitor.refuse_unread(status).await,
    };
    let arriving = match says_at_most(request.headers(), AROUND) {
        true => None,
        false => match visit.turn_at(&ARRIVING, &pass) {
            Ok(arriving) => Some(arriving),
            Err(refused) => return visitor.refuse(refused).await,
        },
    };
    let body = timeout(PATIENCE, axum::body::to_bytes(request.into_body(), FILE + AROUND)).await;
    let body = match body {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return visitor.refuse_unread(StatusCode::PAYLOAD_TOO_LARGE).await,
        Err(_) => return visitor.refuse_unread(StatusCode::REQUEST_TIMEOUT).await,
    };
    let is_known = |(name, _): &Field| name == form.file || form.fields.contains(&name.as_str());
    let Some(fields) = parse(&body, &boundary).filter(|given| given.iter().all(is_known)) else {
        return visitor.refuse_unread(StatusCode::BAD_REQUEST).await;
    };
    drop(body);
    let place = match field_of(&fields, form.file).is_none_or(<[u8]>::is_empty) {
        true => None,
        false => match timeout(WAIT, WORKERS.acquire()).await {
            Ok(Ok(place)) => Some(place),
            _ => return visitor.refuse(Refused::Busy).await,
        },
    };
    drop(arriving);
    visitor.answer(handler(visit, Upload { fields, _place: place }).await).await
}

/// What stands between the fields. A wrong type, and what says that it is too large, is refused before it is read.
fn boundary(headers: &HeaderMap) -> Result<String, StatusCode> {
    let text = |name| headers.get(name).and_then(|value: &::http::HeaderValue| value.to_str().ok());
    let length: Option<usize> = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    if length.is_some_and(|length| length > FILE + AROUND) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let (kind, rest) = kind.split_once(';').unwrap_or((kind, ""));
    let boundary = rest.trim().strip_prefix("boundary=").unwrap_or_default().trim_matches('"');
    let fits = (1..=70).contains(&boundary.len()) && boundary.bytes().all(|b| b.is_ascii_graphic());
    if kind.trim() == "multipart/form-data" && fits {
        Ok(boundary.to_owned())
    } else {
        Err(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }
}

/// The fields of a form as browsers send it; `None` if it is anything else. A field that is there twice is refused.
pub(crate) fn parse(body: &[u8], boundary: &str) -> Option<Vec<Field>> {
    let between = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&between.as_bytes()[2..])?;
    let mut fields: Vec<Field> = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, between.as_bytes())?;
        let (name, content) = field(&rest[..end])?;
        if fields.len() == FIELDS || fields.iter().any(|(known, _)| *known == name) {
            return None;
        }
        fields.push((name, content.to_vec()));
        rest = &rest[end + between.len()..];
    }
    Some(fields)
}

/// The content of the field of this name.
fn field_of<'a>(fields: &'a [Field], name: &str) -> Option<&'a [u8]> {
    fields.iter().find(|(known, _)| known == name).map(|(_, content)| content.as_slice())
}

/// Name and content of one field.
fn field(part: &[u8]) -> Option<(String, &[u8])> {
    let end = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..end]).ok()?;
    let line =
        head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let (_, rest) = line.split_once(" name=\"")?;
    let (name, _) = rest.split_once('"')?;
    Some((name.to_owned(), &part[end + 4..]))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::sync::oneshot;

    use super::*;

    const FORM: &[u8] = b"--x1\r\nContent-Disposition: form-data; name=\"version\"\r\n\r\n7\r\n--x1\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x00\r\n--x1--\r\n";

    /// G-10. Seen to fail: with a field that is there twice let through.
    #[test]
    fn g10_a_form_with_a_file_is_read_and_nothing_else_is() {
        let fields = parse(FORM, "x1").expect("a form");
        let content = |name| field_of(&fields, name);
        assert_eq!(content("version"), Some(&b"7"[..]));
        assert_eq!((content("logo"), content("other")), (Some(&b"\x89PNG\r\n\x00"[..]), None));
        assert!(parse(FORM, "x2").is_none());
        for end in 0..FORM.len() - 4 {
            assert!(parse(&FORM[..end], "x1").is_none(), "cut at {end}");
        }
        let part = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        assert!(parse(&[&part[..], part, b"--x--"].concat(), "x").is_none());
        assert!(parse(&[&part[..], b"--x--"].concat(), "x").is_some());
    }

    /// G-10. Who breaks off while a thread takes the file apart gets no other place before that is done. Seen to fail: with
    /// the place left to whoever waits.
    #[tokio::test]
    async fn g10_a_file_has_its_place_until_it_is_taken_apart() {
        let place = WORKERS.acquire().await.expect("a place");
        let upload = Upload { fields: Vec::new(), _place: Some(place) };
        let ((begun, has_begun), (go_on, goes_on)) = (oneshot::channel(), mpsc::channel::<()>());
        let work = tokio::spawn(upload.taken_apart(move |_| {
            begun.send(()).expect("somebody waits");
            goes_on.recv().expect("it goes on");
        }));
        has_begun.await.expect("it has begun");
        work.abort();
        assert!(work.await.is_err());
        assert_eq!(WORKERS.available_permits(), 1);
        go_on.send(()).expect("it waits");
        drop(timeout(WAIT, WORKERS.acquire_many(2)).await.expect("in time").expect("both places"));
    }

    /// G-10. Seen to fail: with a greater length let through.
    #[test]
    fn g10_the_wrong_type_is_refused_by_its_header() {
        let with = |kind: &str, length: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            headers.insert(header::CONTENT_LENGTH, length.parse().unwrap());
            boundary(&headers)
        };
        assert_eq!(with("multipart/form-data; boundary=\"----x1\"", "10"), Ok("----x1".to_owned()));
        for kind in ["image/png", "multipart/form-data", "application/x-www-form-urlencoded"] {
            assert_eq!(with(kind, "10"), Err(StatusCode::UNSUPPORTED_MEDIA_TYPE), "{kind}");
        }
        let large = with("multipart/form-data; boundary=x", "99999999");
        assert_eq!(large, Err(StatusCode::PAYLOAD_TOO_LARGE));
    }
}
