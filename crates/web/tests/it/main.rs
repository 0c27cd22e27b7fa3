//! The site as requests meet it, on every engine: the walks over the whole route table.

mod access;
mod access_change;
mod access_map;
mod access_request;
mod access_review;
mod attack_access;
mod attack_files;
mod attack_forms;
mod attack_grants;
mod attack_identity;
mod attack_links;
mod attack_mails;
mod attack_network;
mod data;
mod devices;
mod doors;
mod events;
mod executive_administrator;
mod forms;
mod headers;
mod ids;
mod networks;
mod people;
mod records;
mod site;
mod strangers;
