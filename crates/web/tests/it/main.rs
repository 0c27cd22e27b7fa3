//! The site as requests meet it, on every engine: the walks over the whole route table.

mod doors;
mod forms;
mod headers;
mod ids;
mod networks;
mod records;
mod site;
