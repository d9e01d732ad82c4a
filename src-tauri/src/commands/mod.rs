//! What the page may ask for, made from the list in `commands.rs` beside this crate's `build.rs`.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{MutexGuard, PoisonError};

use secrecy::SecretString;
#[allow(clippy::wildcard_imports, reason = "the list names most of them")]
use slipway_app::view::*;
use tauri::ipc::{Channel, Invoke};
use tauri::{AppHandle, Manager as _, Url, WebviewWindow, Wry};
use tauri_plugin_dialog::DialogExt as _;

use crate::notifications::{self, Subject};
use crate::{App, Argument};

type Fallible<T> = Result<T, FailureView>;

/// What a command works with.
trait Context {
    fn of(window: &WebviewWindow) -> Self;
}

impl Context for App {
    fn of(window: &WebviewWindow) -> Self {
        app(window.app_handle())
    }
}

impl Context for AppHandle {
    fn of(window: &WebviewWindow) -> Self {
        window.app_handle().clone()
    }
}

impl Context for WebviewWindow {
    fn of(window: &WebviewWindow) -> Self {
        window.clone()
    }
}

/// A function for each command, as Tauri wants them.
macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        fn $name:ident($with:ident: $kind:ty $(, $word:ident: $type:ty)*) $(-> $answer:ty)? $body:block
    )*) => {
        $(
            $(#[$doc])*
            #[tauri::command]
            #[allow(unused_braces, reason = "the list has a body for each")]
            async fn $name(window: WebviewWindow $(, $word: $type)*) $(-> $answer)? {
                let $with = <$kind as Context>::of(&window);
                $body
            }
        )*

        /// The function that Tauri calls for every command.
        pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

include!("../../commands.rs");

fn app(handle: &AppHandle) -> App {
    App::clone(&handle.state::<App>())
}

/// The files that Slipway was started with.
fn waiting(handle: &AppHandle) -> MutexGuard<'_, VecDeque<PathBuf>> {
    handle.state::<Argument>().inner().0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that is installed beside this one.
fn beside_us(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

/// Opens a page outside in the system's browser.
fn open(page: Option<Url>) -> Fallible<()> {
    let Some(url) = page else {
        return Err(FailureView::new(Code::Internal, "there is no such page for this host"));
    };
    tauri_plugin_opener::open_url(url, None::<&str>)
        .map_err(|error| FailureView::new(Code::Internal, format!("the browser did not open: {error}")))
}

/// Shows a file in the system's file manager.
fn show(file: Option<PathBuf>) -> Fallible<()> {
    let gone = || FailureView::new(Code::FileUnreadable, "the file is not there any more");
    tauri_plugin_opener::reveal_item_in_dir(file.ok_or_else(gone)?)
        .map_err(|error| FailureView::new(Code::Internal, format!("the file manager did not open: {error}")))
}

/// Asks for a file with the system's own dialog; none where the person left it.
async fn chosen_file(handle: &AppHandle) -> Option<PathBuf> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    handle.dialog().file().pick_file(move |file| {
        // Nobody waits any more only when the window is gone.
        let _ = chosen.send(file);
    });
    choice.await.ok().flatten()?.into_path().ok()
}

/// Asks for a folder with the system's own dialog; none where the person left it.
async fn chosen_folder(handle: &AppHandle) -> Option<PathBuf> {
    let (chosen, choice) = tokio::sync::oneshot::channel();
    handle.dialog().file().set_can_create_directories(true).pick_folder(move |folder| {
        let _ = chosen.send(folder);
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
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../../gen/capabilities/main.json")).unwrap();
        let granted: Vec<&str> =
            capability["permissions"].as_array().unwrap().iter().filter_map(|grant| grant.as_str()).collect();
        let mut expected = vec!["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()];
        expected.extend(NAMES.iter().map(|name| format!("allow-{}", name.replace('_', "-"))));
        assert_eq!(granted, expected, "the page may do exactly what it needs");
        assert_eq!(capability["windows"], serde_json::json!(["main"]));
        assert!(capability.get("remote").is_none(), "no page from elsewhere may ask for anything");
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
