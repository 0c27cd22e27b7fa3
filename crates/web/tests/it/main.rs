//! The site as requests meet it, on every engine: the walks over the whole route table.

mod access;
mod data;
mod devices;
mod doors;
mod events;
mod forms;
mod headers;
mod ids;
mod networks;
mod people;
mod records;
mod site;
