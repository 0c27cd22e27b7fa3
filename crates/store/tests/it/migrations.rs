//! The program holds the migrations that are in the folder.

use store::db::MIGRATIONS;

#[test]
fn the_list_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.filter(|name| name.ends_with(".sql")).collect();
    files.sort();
    let listed: Vec<String> = MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
    assert_eq!(listed, files, "crates/store/src/db/migrations.rs against migrations/");
}

#[test]
fn the_numbers_are_the_versions() {
    for (version, migration) in (1..).zip(MIGRATIONS) {
        assert_eq!(migration.name.get(..5), Some(format!("{version:04}_").as_str()), "{}", migration.name);
    }
}
