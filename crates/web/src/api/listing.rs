//! Lists in parts: by the number of a page, with how many there are in all; or one after the other, with the address of the
//! next.

use std::sync::Arc;

use ::http::header::{HeaderValue, LINK};
use ::http::{StatusCode, Uri};
use app::page::{Part, Window};
use axum::response::Response;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::answer::{Answers, Asked, json};
use super::refused::Wrong;

/// The most rows of a page; who asks for more gets these.
const MOST: i64 = 250;
/// How many rows a page has if nobody says.
const USUAL: i64 = 100;

/// Which part of a list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(super) struct Paging {
    /// The number of the page.
    #[schemars(range(min = 1))]
    page: Option<i64>,
    /// How many rows a page has; 250 at most, and who asks for more gets these.
    #[schemars(range(min = 1))]
    per_page: Option<i64>,
    /// Whether pages follow each other by `next_page`. Among all users that costs the same however far one has come.
    relative_pagination: Option<bool>,
    /// Where a page begins that follows another; it stands in `next_page`.
    offset: Option<String>,
}

impl Paging {
    /// How many rows a page has.
    pub(super) fn take(&self) -> Result<i64, Wrong> {
        match self.per_page.unwrap_or(USUAL) {
            ..1 => Err(Wrong::field("per_page", "must be at least 1")),
            take => Ok(take.min(MOST)),
        }
    }

    /// Whether pages follow each other.
    pub(super) fn is_relative(&self) -> bool {
        self.relative_pagination == Some(true)
    }

    /// Where a page begins that follows another.
    pub(super) fn offset(&self) -> &str {
        self.offset.as_deref().unwrap_or_default()
    }

    fn page(&self) -> Result<i64, Wrong> {
        match self.page.unwrap_or(1) {
            ..1 => Err(Wrong::field("page", "must be at least 1")),
            page => Ok(page),
        }
    }

    /// The rows that are asked for, by their number.
    pub(super) fn window(&self) -> Result<Window, Wrong> {
        let (take, page) = (self.take()?, self.page()?);
        let skip = match self.is_relative() {
            false => (page - 1).saturating_mul(take),
            true if self.offset().is_empty() => 0,
            true => {
                self.offset().parse().map_err(|_| Wrong::refused_field("offset", "is none of a next page"))?
            }
        };
        if skip < 0 {
            return Err(Wrong::refused_field("offset", "is none of a next page"));
        }
        Ok(Window { skip, take })
    }

    /// The answer, of a part that was found by number.
    pub(super) fn listing<T>(&self, part: Part<T>) -> Result<Listing<T>, Wrong> {
        self.numbered(part.total, Rows::Made(part.rows))
    }

    /// The same of rows that may be written already, of so many in all.
    pub(super) fn numbered<T>(&self, total: i64, rows: Rows<T>) -> Result<Listing<T>, Wrong> {
        let Window { skip, take } = self.window()?;
        let end = skip.saturating_add(take);
        Ok(match self.is_relative() {
            true => {
                let next = (end < total).then(|| end.to_string());
                Listing::Following { per_page: take, next, rows }
            }
            false => Listing::Numbered { page: self.page()?, per_page: take, total, rows },
        })
    }
}

/// A row of a list.
pub(super) trait Listed: Serialize + JsonSchema {
    /// What the list is called in the answer.
    const KEY: &'static str;
}

/// The rows of an answer.
pub(super) enum Rows<T> {
    /// To be written.
    Made(Vec<T>),
    /// As they were written before.
    Written(Arc<Box<RawValue>>),
}

impl<T> Rows<T> {
    fn map<U>(self, change: impl Fn(T) -> U) -> Rows<U> {
        match self {
            Rows::Made(rows) => Rows::Made(rows.into_iter().map(change).collect()),
            Rows::Written(text) => Rows::Written(text),
        }
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Rows::Made(rows) => rows.serialize(serializer),
            Rows::Written(text) => text.serialize(serializer),
        }
    }
}

/// Rows as they stand in an answer.
pub(super) fn write<T: Serialize>(rows: &[T]) -> Box<RawValue> {
    // As in [`json`]: what is answered can be written.
    to_raw_value(rows).unwrap_or_default()
}

/// A part of a list.
pub(super) enum Listing<T> {
    /// By number.
    Numbered {
        /// Of the page.
        page: i64,
        /// How many rows a page has.
        per_page: i64,
        /// How many there are in all.
        total: i64,
        /// The page's rows.
        rows: Rows<T>,
    },
    /// One after the other.
    Following {
        /// How many rows a page has.
        per_page: i64,
        /// Where the next begins, if there is one.
        next: Option<String>,
        /// The rows.
        rows: Rows<T>,
    },
}

impl<T> Listing<T> {
    /// The same with other rows.
    pub(super) fn map<U>(self, change: impl Fn(T) -> U) -> Listing<U> {
        match self {
            Listing::Numbered { page, per_page, total, rows } => {
                Listing::Numbered { page, per_page, total, rows: rows.map(change) }
            }
            Listing::Following { per_page, next, rows } => {
                Listing::Following { per_page, next, rows: rows.map(change) }
            }
        }
    }
}

impl<T: Listed> Answers for Listing<T> {
    const STATUS: StatusCode = StatusCode::OK;

    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        let rows = generator.subschema_for::<T>();
        let numbered = ["page", "per_page", "total_pages", "total_records"];
        let count = |least: i64| serde_json::json!({ "type": "integer", "minimum": least });
        let list = serde_json::json!({ "type": "array", "items": rows, "maxItems": MOST });
        Some(json_schema!({ "oneOf": [
            {
                "type": "object",
                "properties": {
                    "page": count(1), "per_page": count(1), "total_pages": count(1), "total_records": count(0),
                    (T::KEY): list,
                },
                "required": numbered.iter().copied().chain([T::KEY]).collect::<Vec<_>>(),
                "additionalProperties": false,
            },
            {
                "type": "object",
                "properties": {
                    "per_page": count(1),
                    "has_next_page": { "type": "boolean" },
                    "next_page": { "type": ["string", "null"] },
                    (T::KEY): list,
                },
                "required": ["per_page", "has_next_page", "next_page", T::KEY],
                "additionalProperties": false,
            },
        ] }))
    }

    fn answer(self, asked: &Asked) -> Response {
        let envelope = Envelope::of(self, asked);
        let mut response = json(Self::STATUS, &envelope);
        if let Ok(links) = HeaderValue::from_str(&envelope.links.join(", "))
            && !envelope.links.is_empty()
        {
            response.headers_mut().insert(LINK, links);
        }
        response
    }
}

/// What is around the rows.
struct Envelope<T> {
    head: Head,
    rows: Rows<T>,
    links: Vec<String>,
}

enum Head {
    Numbered { page: i64, per_page: i64, pages: i64, total: i64 },
    Following { per_page: i64, next: Option<String> },
}

impl<T> Envelope<T> {
    fn of(listing: Listing<T>, asked: &Asked) -> Envelope<T> {
        match listing {
            Listing::Numbered { page, per_page, total, rows } => {
                let pages = (total.max(1) + per_page - 1) / per_page;
                let link = |rel: &str, page: i64| {
                    let to = address(asked, &[("page", &page.to_string())]);
                    format!("<{to}>; rel=\"{rel}\"")
                };
                let mut links = Vec::new();
                if page > 1 {
                    links.push(link("first", 1));
                    links.push(link("prev", (page - 1).min(pages)));
                }
                if page < pages {
                    links.push(link("next", page + 1));
                    links.push(link("last", pages));
                }
                Envelope { head: Head::Numbered { page, per_page, pages, total }, rows, links }
            }
            Listing::Following { per_page, next, rows } => {
                let next = next
                    .map(|offset| address(asked, &[("relative_pagination", "true"), ("offset", &offset)]));
                let links = next.iter().map(|next| format!("<{next}>; rel=\"next\"")).collect();
                Envelope { head: Head::Following { per_page, next }, rows, links }
            }
        }
    }
}

impl<T: Listed> Serialize for Envelope<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.head {
            Head::Numbered { page, per_page, pages, total } => {
                map.serialize_entry("page", page)?;
                map.serialize_entry("per_page", per_page)?;
                map.serialize_entry("total_pages", pages)?;
                map.serialize_entry("total_records", total)?;
            }
            Head::Following { per_page, next } => {
                map.serialize_entry("per_page", per_page)?;
                map.serialize_entry("has_next_page", &next.is_some())?;
                map.serialize_entry("next_page", next)?;
            }
        }
        map.serialize_entry(T::KEY, &self.rows)?;
        map.end()
    }
}

/// The address that was asked for, with these parameters instead of those of their names.
fn address(Asked { site, uri }: &Asked, with: &[(&str, &str)]) -> String {
    let kept = query(uri).filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        with.iter().all(|(other, _)| *other != name)
    });
    let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
    pairs.extend(with.iter().map(|(name, value)| format!("{name}={value}")));
    format!("{site}{}?{}", uri.path(), pairs.join("&"))
}

fn query(uri: &Uri) -> impl Iterator<Item = &str> {
    uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty())
}
