//! What a directory says, from the JSON of a resource or of a PATCH. Names of attributes are read whatever their case. What there
//! is not here, such as titles and phone numbers, is passed over: directories send all they have.

use domain::id::UserId;
use domain::input::Problem;
use domain::scim::filter::{Operator, Value as Compared};
use domain::scim::{Filter, GroupSaid, MemberChange, Path, PersonSaid};
use serde_json::{Map, Value};

use super::answer::Wrong;
use app::Refused;

/// The most operations of one PATCH.
const OPERATIONS: usize = 1_000;

fn wrong(word: &'static str, sentence: &str) -> Wrong {
    Wrong::said(400, word, sentence)
}

/// A member of an object, whatever the case of its name.
fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn object(value: &Value) -> Result<&Map<String, Value>, Wrong> {
    value.as_object().ok_or_else(|| wrong("invalidSyntax", "An object was expected"))
}

/// A text; nothing is an empty one.
fn text(value: &Value) -> Result<String, Wrong> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(wrong("invalidValue", "A text was expected")),
    }
}

/// Yes or no; some directories write it as a text.
fn flag(value: &Value) -> Result<bool, Wrong> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(wrong("invalidValue", "active is true or false")),
    }
}

/// One after the other, be it one or a list of them.
fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// A person as POST and PUT tell of them.
pub(super) fn person(body: &Value, whole: bool) -> Result<PersonSaid, Wrong> {
    let mut said = PersonSaid::default();
    for (name, value) in object(body)? {
        say(&mut said, &named(name)?, value)?;
    }
    let missing = |what: &Option<String>| what.as_deref().is_none_or(|text| text.trim().is_empty());
    if missing(&said.user_name) {
        return Err(wrong("invalidValue", "userName is missing"));
    }
    if whole {
        // What a whole resource leaves out is not there any more, as far as one can be without it.
        said.external_id.get_or_insert_default();
        said.display.get_or_insert_default();
    } else if missing(&said.email) && said.user_name.as_deref().is_some_and(|name| name.contains('@')) {
        // Some directories have an address in the name alone.
        said.email.clone_from(&said.user_name);
    }
    Ok(said)
}

/// Attributes of other schemas have names that are no paths by themselves.
fn named(name: &str) -> Result<Path, Wrong> {
    Path::parse(name).map_err(|_| wrong("invalidPath", "The name of an attribute can't be read"))
}

fn say(said: &mut PersonSaid, path: &Path, value: &Value) -> Result<(), Wrong> {
    let Some(key) = path.key() else { return Ok(()) };
    match key {
        ("username", None) => said.user_name = Some(text(value)?),
        ("externalid", None) => said.external_id = Some(text(value)?),
        ("displayname", None) => said.display = Some(text(value)?),
        ("active", None) => said.active = Some(flag(value)?),
        ("name", None) => {
            for (part, value) in object(value)? {
                let path = Path { sub: Some(part.to_ascii_lowercase()), ..path.clone() };
                say(said, &path, value)?;
            }
        }
        ("name", Some("givenname")) => said.first = Some(text(value)?),
        ("name", Some("familyname")) => said.last = Some(text(value)?),
        ("emails", None) if path.filter.is_none() => {
            if let Some(address) = chosen(value)? {
                said.email = Some(address);
            }
        }
        ("emails", None) if is_ours(path) => {
            if let Some(address) = member(object(value)?, "value") {
                said.email = Some(text(address)?);
            }
        }
        ("emails", Some("value")) if is_ours(path) => said.email = Some(text(value)?),
        _ => {}
    }
    Ok(())
}

/// Of several addresses the primary one, else the one for work, else the first.
fn chosen(value: &Value) -> Result<Option<String>, Wrong> {
    let all = each(value).iter().map(object).collect::<Result<Vec<_>, _>>()?;
    let is_primary =
        |one: &&&Map<String, Value>| member(one, "primary").is_some_and(|flag| flag == &Value::Bool(true));
    let is_work = |one: &&&Map<String, Value>| {
        member(one, "type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
    };
    let one = all.iter().find(is_primary).or_else(|| all.iter().find(is_work)).or(all.first());
    one.and_then(|one| member(one, "value")).map(text).transpose()
}

/// Whether the address that a path chooses is the one there is: for work, and primary.
fn is_ours(path: &Path) -> bool {
    match path.filter.as_deref() {
        Some(Filter::Compare(of, Operator::Equal, Compared::Text(kind))) if of.name == "type" => {
            kind.eq_ignore_ascii_case("work")
        }
        Some(Filter::Compare(of, Operator::Equal, Compared::Flag(is))) if of.name == "primary" => *is,
        Some(Filter::Compare(of, Operator::Equal, Compared::Text(_))) => of.name == "value",
        Some(_) => false,
        None => true,
    }
}

/// What an operation of a PATCH does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Add,
    Replace,
    Remove,
}

struct Operation<'a> {
    op: Op,
    path: Option<Path>,
    value: &'a Value,
}

fn operations(body: &Value) -> Result<Vec<Operation<'_>>, Wrong> {
    let all = member(object(body)?, "Operations").and_then(Value::as_array);
    let all = all.ok_or_else(|| wrong("invalidSyntax", "Operations is missing"))?;
    if all.len() > OPERATIONS {
        return Err(Wrong::plain(413, "There are too many operations"));
    }
    all.iter().map(operation).collect()
}

fn operation(value: &Value) -> Result<Operation<'_>, Wrong> {
    let object = object(value)?;
    let op = member(object, "op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let op = match op.as_str() {
        "add" => Op::Add,
        "replace" => Op::Replace,
        "remove" => Op::Remove,
        _ => return Err(wrong("invalidSyntax", "op is add, replace or remove")),
    };
    let path = match member(object, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => {
            Some(Path::parse(path).map_err(|_| wrong("invalidPath", "The path can't be read"))?)
        }
        Some(_) => return Err(wrong("invalidPath", "The path is a text")),
    };
    if op == Op::Remove && path.is_none() {
        return Err(wrong("noTarget", "What is removed is named by a path"));
    }
    Ok(Operation { op, path, value: member(object, "value").unwrap_or(&Value::Null) })
}

/// A person as PATCH tells of them.
pub(super) fn person_patch(body: &Value) -> Result<PersonSaid, Wrong> {
    let mut said = PersonSaid::default();
    for Operation { op, path, value } in operations(body)? {
        match (op, path) {
            (Op::Remove, Some(path)) => forget(&mut said, &path)?,
            (_, Some(path)) => say(&mut said, &path, value)?,
            (_, None) => {
                for (name, value) in object(value)? {
                    say(&mut said, &named(name)?, value)?;
                }
            }
        }
    }
    Ok(said)
}

/// What somebody has to have is not removed.
fn forget(said: &mut PersonSaid, path: &Path) -> Result<(), Wrong> {
    match path.key() {
        Some(("externalid", None)) => said.external_id = Some(String::new()),
        Some(("displayname", None)) => said.display = Some(String::new()),
        Some(("username" | "active" | "name" | "emails" | "id" | "schemas" | "meta" | "groups", _)) => {
            return Err(wrong("mutability", "This attribute can be replaced, and not removed"));
        }
        _ => {}
    }
    Ok(())
}

/// A group as POST and PUT tell of it.
pub(super) fn group(body: &Value, whole: bool) -> Result<GroupSaid, Wrong> {
    let mut said = GroupSaid::default();
    for (name, value) in object(body)? {
        say_of_group(&mut said, Op::Replace, &named(name)?, value)?;
    }
    if said.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        return Err(wrong("invalidValue", "displayName is missing"));
    }
    if whole {
        said.external_id.get_or_insert_default();
        if said.members.is_empty() {
            said.members.push(MemberChange::Set(Vec::new()));
        }
    }
    Ok(said)
}

/// A group as PATCH tells of it.
pub(super) fn group_patch(body: &Value) -> Result<GroupSaid, Wrong> {
    let mut said = GroupSaid::default();
    for Operation { op, path, value } in operations(body)? {
        match path {
            Some(path) => say_of_group(&mut said, op, &path, value)?,
            None => {
                for (name, value) in object(value)? {
                    say_of_group(&mut said, op, &named(name)?, value)?;
                }
            }
        }
    }
    Ok(said)
}

fn say_of_group(said: &mut GroupSaid, op: Op, path: &Path, value: &Value) -> Result<(), Wrong> {
    match (path.key(), op) {
        (Some(("displayname", None)), Op::Remove) => {
            return Err(wrong("mutability", "This attribute can be replaced, and not removed"));
        }
        (Some(("displayname", None)), _) => said.name = Some(text(value)?),
        (Some(("externalid", None)), Op::Remove) => said.external_id = Some(String::new()),
        (Some(("externalid", None)), _) => said.external_id = Some(text(value)?),
        (Some(("members", None)), _) => said.members.push(members(op, path, value)?),
        _ => {}
    }
    Ok(())
}

/// Who is named, by the path or by the value.
fn members(op: Op, path: &Path, value: &Value) -> Result<MemberChange, Wrong> {
    if let Some(filter) = &path.filter {
        let named = match filter.as_ref() {
            Filter::Compare(of, Operator::Equal, Compared::Text(id)) if of.name == "value" => id.parse(),
            _ => return Err(wrong("invalidFilter", "A member is named by value eq")),
        };
        // Somebody who is not there is in no group.
        let named = named.into_iter().collect();
        return match op {
            Op::Remove => Ok(MemberChange::Remove(named)),
            Op::Add | Op::Replace => Err(wrong("invalidPath", "A member is added or removed as a whole")),
        };
    }
    if op == Op::Remove && value.is_null() {
        return Ok(MemberChange::Set(Vec::new()));
    }
    let id = |one: &Value| -> Result<UserId, Wrong> {
        let typed = match one {
            Value::Object(one) => member(one, "value").and_then(Value::as_str),
            one => one.as_str(),
        };
        let id = typed.and_then(|id| id.parse().ok());
        id.ok_or_else(|| Refused::field("members", Problem::NotAChoice).into())
    };
    let ids = || each(value).iter().map(id);
    Ok(match op {
        Op::Add => MemberChange::Add(ids().collect::<Result<_, _>>()?),
        Op::Replace => MemberChange::Set(ids().collect::<Result<_, _>>()?),
        Op::Remove => MemberChange::Remove(ids().filter_map(Result::ok).collect()),
    })
}
