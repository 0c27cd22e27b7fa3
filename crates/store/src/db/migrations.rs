//! The migrations in their order. A file that has been released is never changed; a new one is added to the end.

use super::migrate::Migration;

/// `migration!("0001_login")` is the file `migrations/0001_login.sql` of the workspace.
macro_rules! migration {
    ($name:literal) => {
        Migration {
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/", $name, ".sql")),
        }
    };
}

/// All migrations; the first is version 1. A test holds this list equal to the folder.
pub const MIGRATIONS: &[Migration] = &[
    migration!("0001_login"),
    migration!("0002_account"),
    migration!("0003_user"),
    migration!("0004_invitation"),
    migration!("0005_mail"),
    migration!("0006_activity"),
    migration!("0007_api_key"),
    migration!("0008_access_change"),
    migration!("0009_user_list"),
    migration!("0010_email_change"),
    migration!("0011_invitation_block"),
    migration!("0012_fewer_pages"),
    migration!("0013_mail_turn"),
    migration!("0014_account_center"),
    migration!("0015_login_merge"),
    migration!("0016_access_request"),
    migration!("0017_access_review"),
    migration!("0018_job"),
    migration!("0019_bundle"),
    migration!("0020_center_job"),
    migration!("0021_temporary_password"),
    migration!("0022_bounds"),
    migration!("0023_job_password"),
    migration!("0024_executive_review"),
    migration!("0025_api"),
    migration!("0026_tag"),
    migration!("0027_notification"),
    migration!("0028_summary_email"),
    migration!("0029_mail_suppression"),
    migration!("0030_language"),
    migration!("0031_api_key_device"),
    migration!("0032_shared_leaves"),
    migration!("0033_brand"),
    migration!("0034_reset_host"),
    migration!("0035_lead_event"),
    migration!("0036_push"),
    migration!("0037_receiver_block"),
    migration!("0038_second_factor"),
    migration!("0039_see_as"),
    migration!("0040_second_factor_rule"),
    migration!("0041_api_key_scope"),
    migration!("0042_passkey"),
    migration!("0043_single_sign_on"),
    migration!("0044_directory"),
    migration!("0045_app_clock"),
    migration!("0046_key_number"),
    migration!("0047_activity_list"),
    migration!("0048_api_key_end"),
];
