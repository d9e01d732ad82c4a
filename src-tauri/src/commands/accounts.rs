//! Accounts. Tokens come in, and no command gives one back.

use secrecy::SecretString;
use slipway_app::view::{
    AccountPage, AccountsView, AddedAccount, BrowserSignIn, Code, Engine, EngineSignIn, FailureView, FileId,
    FoundCredentials, FoundView, HeldToken, NewAccount, Purpose, RegistryView, TokenCheckView, TokenFrom,
};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt as _;

use crate::App;
use crate::notifications::{self, Subject};

#[tauri::command]
pub(crate) async fn accounts(app: State<'_, App>) -> Result<AccountsView, ()> {
    Ok(app.accounts().await)
}

/// The registries with who is signed in there.
#[tauri::command(async)]
pub(crate) fn registries(app: State<'_, App>) -> Vec<RegistryView> {
    app.registries()
}

/// What can be told of a token offline.
#[tauri::command(async)]
pub(crate) fn check_token(app: State<'_, App>, token: SecretString) -> TokenCheckView {
    app.check_token(&token)
}

/// Reads the clipboard here, so that the token never is in the page. It is for `host` alone.
#[tauri::command(async)]
pub(crate) fn read_clipboard_token(app: State<'_, App>, host: String) -> Option<HeldToken> {
    let text = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_text()).ok()?;
    app.hold_token(&host, SecretString::from(text))
}

/// Asks for the file.
#[tauri::command]
pub(crate) async fn read_token_file(
    handle: AppHandle,
    app: State<'_, App>,
    host: String,
) -> Result<Option<HeldToken>, FailureView> {
    let (send, receive) = tokio::sync::oneshot::channel();
    handle.dialog().file().pick_file(|file| _ = send.send(file));
    let file = receive.await.ok().flatten().and_then(|file| file.into_path().ok());
    file.map(|path| app.hold_token_file(&host, &path)).transpose()
}

/// A token file that was dropped on the page.
#[tauri::command(async)]
pub(crate) fn hold_dropped_token(
    app: State<'_, App>,
    host: String,
    file: FileId,
) -> Result<HeldToken, FailureView> {
    app.hold_dropped_token(&host, file)
}

/// Tells the system's user that a token ends soon, unless the window is in front or they want no such thing.
#[tauri::command(async)]
pub(crate) fn notify_expiry(handle: AppHandle, app: State<'_, App>, id: String, title: String, body: String) {
    if notifications::tell(&handle, Subject::Account(id.clone()), &title, &body) {
        app.expiry_told(&id);
    }
}

#[tauri::command(async)]
pub(crate) fn drop_held_token(app: State<'_, App>, id: u64) {
    app.drop_held_token(id);
}

/// The logins that files name; asked without anybody's wish, so it only reads these files.
#[tauri::command(async)]
pub(crate) fn offered_logins(app: State<'_, App>) -> Vec<FoundView> {
    app.offered_logins()
}

/// What this computer has already; asked when the person wants to add an account.
#[tauri::command]
pub(crate) async fn find_credentials(app: State<'_, App>) -> Result<FoundCredentials, ()> {
    Ok(app.find_credentials().await)
}

#[tauri::command]
pub(crate) async fn add_account(
    app: State<'_, App>,
    account: NewAccount,
) -> Result<AddedAccount, FailureView> {
    app.add_account(account).await
}

#[tauri::command]
pub(crate) async fn replace_token(
    app: State<'_, App>,
    id: String,
    token: TokenFrom,
    keep: bool,
    anyway: bool,
) -> Result<AddedAccount, FailureView> {
    app.replace_token(&id, token, keep, anyway).await
}

#[tauri::command]
pub(crate) async fn verify_account(app: State<'_, App>, id: String) -> Result<AccountsView, FailureView> {
    app.verify_account(&id).await
}

#[tauri::command(async)]
pub(crate) fn cancel_account_check(app: State<'_, App>, id: String) {
    app.cancel_account_check(&id);
}

#[tauri::command]
pub(crate) async fn sign_out_account(app: State<'_, App>, id: String) -> Result<AccountsView, ()> {
    Ok(app.sign_out_account(&id).await)
}

#[tauri::command]
pub(crate) async fn use_account(app: State<'_, App>, id: String) -> Result<AccountsView, ()> {
    Ok(app.use_account(&id).await)
}

#[tauri::command]
pub(crate) async fn check_keychain(app: State<'_, App>) -> Result<AccountsView, ()> {
    Ok(app.check_keychain().await)
}

/// Shows a code, and waits until it was entered in the browser.
#[tauri::command]
pub(crate) async fn sign_in_with_browser(
    app: State<'_, App>,
    host: String,
    purpose: Purpose,
    keep: bool,
    channel: Channel<BrowserSignIn>,
) -> Result<(), ()> {
    app.sign_in_with_browser(&host, purpose, keep, |update| _ = channel.send(update)).await;
    Ok(())
}

#[tauri::command(async)]
pub(crate) fn cancel_browser_sign_in(app: State<'_, App>) {
    app.cancel_browser_sign_in();
}

/// Opens a page about accounts in the system's browser.
#[tauri::command(async)]
pub(crate) fn open_account_page(app: State<'_, App>, page: AccountPage) -> Result<(), FailureView> {
    let Some(url) = app.account_page(&page) else {
        return Err(FailureView::new(Code::Internal, "there is no such page for this host"));
    };
    tauri_plugin_opener::open_url(url, None::<&str>)
        .map_err(|error| FailureView::new(Code::Internal, format!("the browser did not open: {error}")))
}

#[tauri::command(async)]
pub(crate) fn engine_sign_ins(app: State<'_, App>, id: String) -> Result<Vec<EngineSignIn>, FailureView> {
    app.engine_sign_ins(&id)
}

#[tauri::command]
pub(crate) async fn sign_in_engine(
    app: State<'_, App>,
    id: String,
    engine: Engine,
    plain: bool,
) -> Result<(), FailureView> {
    app.sign_in_engine(&id, engine, plain).await
}
