//! Tags, as programs see and change them.

use app::Refused;
use app::pass::{AccountPass, HasPlace as _};
use app::tag;
use domain::activity::Verb;
use domain::capability::proof::AnyKey;
use domain::id::{CompanyId, TagId};
use domain::name::MAX_NAME;
use domain::tag::{Color, TagChange, TagFilter, TypedTag};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::answer::{Gone, Made, One};
use super::listing::{Listed, Listing, Paging};
use super::moment;
use super::refused::{Wrong, not_in_list};
use super::route::{delete, get, list, post, put};
use crate::http::route::{Nothing, Route};
use crate::http::visit::Visit;

const ALL: &str = "/v3/a/{account}/tags.json";
const ONE: &str = "/v3/a/{account}/tags/{tag}.json";

pub(super) fn routes() -> Vec<Route> {
    vec![
        list(ALL, "List tags", index),
        post(ALL, "Create a tag", create).records(&[Verb::TagCreated]),
        get(ONE, "Retrieve a tag", show),
        put(ONE, "Update a tag", update).records(&[Verb::TagChanged]),
        delete(ONE, "Delete a tag", remove).records(&[Verb::TagRemoved]),
    ]
}

/// A tag.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tag {
    /// The tag's id.
    id: i64,
    /// Its name.
    name: String,
    /// Whose it is.
    tag_level: TagLevel,
    /// The colour's word.
    #[schemars(transform = colors)]
    color: &'static str,
    /// What it is drawn with, as six hex digits.
    #[schemars(regex(pattern = "^#[0-9a-f]{6}$"))]
    background_color: &'static str,
    /// The company, where it is one's.
    company_id: Option<String>,
    /// Whether it is offered.
    status: TagStatus,
    /// When it was made.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
}

impl Listed for Tag {
    const KEY: &'static str = "tags";
}

impl Tag {
    fn of(tag: tag::Tag, zone: &str) -> Tag {
        let company = tag.level.company();
        Tag {
            id: tag.id.number(),
            tag_level: if company.is_some() { TagLevel::Company } else { TagLevel::Account },
            company_id: company.map(ToString::to_string),
            name: tag.details.name,
            color: tag.details.color.word(),
            background_color: tag.details.color.background(),
            status: if tag.details.disabled { TagStatus::Disabled } else { TagStatus::Enabled },
            created_at: moment::in_zone(tag.created_at, zone),
        }
    }
}

/// Whose a tag is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TagLevel {
    /// The account's, and there in every company.
    Account,
    /// One company's.
    Company,
}

/// Whether a tag is offered.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TagStatus {
    /// It is.
    Enabled,
    /// It is not, and stays where it was given.
    Disabled,
}

/// Which tags.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Tags {
    /// Only those of this company.
    #[schemars(regex(pattern = "^(COM[0-9a-f]{32})?$"))]
    company_id: Option<String>,
    /// Only these.
    status: Option<TagStatus>,
    /// Only those of the account, or of companies.
    tag_level: Option<TagLevel>,
}

/// The tags of the account, and of the companies that the key's owner has.
pub(super) async fn index(
    visit: Visit<AccountPass<AnyKey>>,
    paging: Paging,
    asked: Tags,
) -> Result<Listing<Tag>, Wrong> {
    let company: Option<CompanyId> = match asked.company_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse().map_err(|_| Refused::NotFound)?),
        None => None,
    };
    let of_account = asked.tag_level.map(|level| level == TagLevel::Account);
    if company.is_some() && of_account == Some(true) {
        return Err(Wrong::refused_field("tag_level", "can't be account where a company is named"));
    }
    let disabled = asked.status.map(|status| status == TagStatus::Disabled);
    let filter = TagFilter { company, disabled, of_account };
    let window = paging.window()?;
    let (pass, part) = visit.read(move |r, pass| tag::list(r, pass, &filter, window)).await?;
    let zone = &pass.place().time_zone;
    Ok(paging.listing(part)?.map(|tag| Tag::of(tag, zone)))
}

/// One tag.
pub(super) async fn show(visit: Visit<AccountPass<AnyKey>>, _: Nothing) -> Result<One<Tag>, Wrong> {
    let id: TagId = visit.param("tag")?;
    let (pass, tag) = visit.read(move |r, pass| tag::get(r, pass, id)).await?;
    Ok(One(Tag::of(tag, &pass.place().time_zone)))
}

/// A tag to be made.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct NewTag {
    /// Its name, unique at its level.
    #[schemars(length(min = 1, max = MAX_NAME), regex(pattern = r"\S"))]
    name: String,
    /// The company whose it is to be.
    #[schemars(regex(pattern = "^(COM[0-9a-f]{32})?$"))]
    company_id: Option<String>,
    /// The colour's word; `gray1` if nothing is said.
    #[schemars(transform = colors, transform = or_nothing)]
    color: Option<String>,
    /// Whose it is to be; the company's if nothing is said. Administrators alone make those of the account.
    tag_level: Option<TagLevel>,
}

/// Makes a tag.
pub(super) async fn create(visit: Visit<AccountPass<AnyKey>>, new: NewTag) -> Result<Made<Tag>, Wrong> {
    let level = new.tag_level.map_or("", |level| match level {
        TagLevel::Account => "account",
        TagLevel::Company => "company",
    });
    let typed = TypedTag {
        name: new.name,
        color: color(new.color.as_deref())?.unwrap_or_default(),
        tag_level: level.to_owned(),
        company_id: new.company_id.unwrap_or_default(),
    };
    let parsed = typed.parse().map_err(Refused::from)?;
    let (pass, made) = visit.write(move |w, pass| tag::create(w, pass, &parsed)).await?;
    Ok(Made(Tag::of(made, &pass.place().time_zone)))
}

/// What is changed of a tag. What is left out stays.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct ChangedTag {
    /// The name.
    #[schemars(length(min = 1, max = MAX_NAME), regex(pattern = r"\S"))]
    name: Option<String>,
    /// The colour's word; an empty one is `gray1`.
    #[schemars(transform = colors, transform = or_nothing)]
    color: Option<String>,
    /// Whether it is offered no more: true or false, as a text too.
    #[serde(default, deserialize_with = "spelled")]
    #[schemars(with = "Option<bool>", extend("type" = ["boolean", "string", "null"]))]
    #[schemars(extend("enum" = [true, false, "true", "false", null]))]
    disabled: Option<bool>,
}

/// Changes a tag.
pub(super) async fn update(
    visit: Visit<AccountPass<AnyKey>>,
    changed: ChangedTag,
) -> Result<One<Tag>, Wrong> {
    let id: TagId = visit.param("tag")?;
    let color = color(changed.color.as_deref())?;
    let change = TagChange { name: changed.name, color, disabled: changed.disabled };
    let (pass, tag) = visit.write(move |w, pass| tag::change(w, pass, id, &change)).await?;
    Ok(One(Tag::of(tag, &pass.place().time_zone)))
}

/// Removes a tag, from all that was marked with it too.
pub(super) async fn remove(visit: Visit<AccountPass<AnyKey>>, _: Nothing) -> Result<Gone, Wrong> {
    let id: TagId = visit.param("tag")?;
    visit.write(move |w, pass| tag::remove(w, pass, id)).await?;
    Ok(Gone)
}

/// The words of all colours.
fn colors(schema: &mut Schema) {
    let words: Vec<&str> = Color::all().map(Color::word).collect();
    schema.insert("enum".to_owned(), words.into());
}

/// Beside its words, a field takes none.
fn or_nothing(schema: &mut Schema) {
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.extend([Value::from(""), Value::Null]);
    }
}

fn color(typed: Option<&str>) -> Result<Option<Color>, Wrong> {
    match typed {
        None => Ok(None),
        Some("") => Ok(Some(Color::default())),
        Some(word) => {
            let words = || Color::all().map(Color::word).collect::<Vec<_>>().join(", ");
            word.parse().map(Some).map_err(|_| Wrong::field("color", &not_in_list(&words())))
        }
    }
}

/// Older programs say yes and no as texts in JSON, too.
fn spelled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spelled {
        Flag(bool),
        Text(String),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(None),
        Some(Spelled::Flag(flag)) => Ok(Some(flag)),
        Some(Spelled::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}
