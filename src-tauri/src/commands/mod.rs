//! What the page may ask for: one small file for each screen. Names stand in `commands.txt` too, from
//! which the access control is built, and in `capabilities/main.json`; a test keeps the three equal.

mod accounts;
mod activity;
mod app;
mod hosts;
mod job;
mod publish;
mod settings;

use std::path::PathBuf;

use tauri::ipc::Invoke;
use tauri::{AppHandle, Wry};
use tauri_plugin_dialog::DialogExt as _;

/// One list for the handler and for the test.
macro_rules! commands {
    ($($module:ident::$name:ident),* $(,)?) => {
        /// The function that Tauri calls for every command.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($module::$name),*]
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

commands![
    app::start,
    app::ready,
    app::open_link,
    app::leave,
    app::note_page_fault,
    app::notify,
    publish::choose_image,
    publish::open_path,
    publish::open_dropped,
    publish::unpack_anyway,
    publish::open_argument,
    publish::more_arguments,
    publish::reading,
    publish::cancel_reading,
    publish::details,
    publish::layer_content,
    publish::leave_layer,
    publish::check_form,
    publish::fill_reference,
    publish::switch_registry,
    publish::preflight,
    publish::publish,
    publish::start_practice,
    publish::suggestions,
    publish::listed_suggestions,
    publish::open_recent,
    publish::find_recent,
    job::watch_job,
    job::cancel_job,
    job::pause_job,
    job::resume_job,
    job::try_job_now,
    job::move_back,
    job::verify_again,
    job::visibility,
    job::workflow,
    job::save_workflow,
    activity::watch_activity,
    activity::history,
    activity::recent,
    activity::reopen_job,
    activity::forget_job,
    activity::clear_history,
    activity::pause_all,
    activity::export_history,
    settings::change_settings,
    settings::compression_speeds,
    settings::diagnostics,
    settings::save_diagnostics,
    hosts::hosts,
    hosts::set_host,
    hosts::remove_host,
    hosts::check_host,
    accounts::registries,
    accounts::accounts,
    accounts::check_token,
    accounts::read_clipboard_token,
    accounts::read_token_file,
    accounts::hold_dropped_token,
    accounts::notify_expiry,
    accounts::drop_held_token,
    accounts::find_credentials,
    accounts::offered_logins,
    accounts::add_account,
    accounts::replace_token,
    accounts::verify_account,
    accounts::cancel_account_check,
    accounts::sign_out_account,
    accounts::use_account,
    accounts::check_keychain,
    accounts::sign_in_with_browser,
    accounts::cancel_browser_sign_in,
    accounts::open_account_page,
    accounts::engine_sign_ins,
    accounts::sign_in_engine,
];

/// Asks for a file with the system's own dialog; none where the person left it.
async fn chosen_file(handle: &AppHandle) -> Option<PathBuf> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    handle.dialog().file().pick_file(move |file| {
        // Nobody waits any more only when the window is gone.
        let _ = chosen.send(file);
    });
    choice.await.ok().flatten()?.into_path().ok()
}

/// Asks where to save something that is called `name` at first; none where the person left it.
async fn chosen_place(handle: &AppHandle, name: &str) -> Option<PathBuf> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    handle.dialog().file().set_file_name(name).save_file(move |file| {
        let _ = chosen.send(file);
    });
    choice.await.ok().flatten()?.into_path().ok()
}

#[cfg(test)]
mod tests {
    use super::NAMES;

    #[test]
    fn handler_access_list_and_grants_name_the_same_commands() {
        let listed: Vec<&str> = include_str!("../../commands.txt").lines().collect();
        assert_eq!(listed, NAMES);
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let granted: Vec<&str> =
            capability["permissions"].as_array().unwrap().iter().filter_map(|grant| grant.as_str()).collect();
        let mut expected = vec!["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()];
        expected.extend(NAMES.iter().map(|name| format!("allow-{}", name.replace('_', "-"))));
        assert_eq!(granted, expected, "the page may do exactly what it needs");
    }

    #[test]
    fn the_page_gets_neither_network_nor_files_nor_code_from_elsewhere() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        let security = &config["app"]["security"];
        assert_eq!(security["freezePrototype"], true);
        assert_eq!(security["capabilities"], serde_json::json!(["main"]));
        assert!(security.get("assetProtocol").is_none());
        assert_eq!(config["app"]["withGlobalTauri"], false);
        let csp = security["csp"].as_object().unwrap();
        assert_eq!(csp["default-src"], "'none'");
        assert_eq!(csp["connect-src"], "ipc: http://ipc.localhost");
        assert!(csp.values().all(
            |value| !value.as_str().unwrap().contains("unsafe") && !value.as_str().unwrap().contains('*')
        ));
    }
}
