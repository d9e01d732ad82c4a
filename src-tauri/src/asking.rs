//! The system's own dialog, for what the page must not answer: where a token goes.

use std::pin::Pin;
use std::sync::OnceLock;

use slipway_app::{Confirm, Question};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};

use crate::window;

/// Asks beside the window. Until there is one, the answer is no.
#[derive(Default)]
pub(crate) struct Dialog(OnceLock<AppHandle>);

impl Dialog {
    /// From now on there is a window.
    pub(crate) fn attach(&self, handle: &AppHandle) {
        // There is one window, and one handle for it.
        let _ = self.0.set(handle.clone());
    }
}

impl Confirm for Dialog {
    fn confirm(&self, question: Question) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(async move {
            let Some(handle) = self.0.get() else { return false };
            let (answer, answered) = tokio::sync::oneshot::channel();
            let Question { title, text, yes, no } = question;
            let mut dialog = handle
                .dialog()
                .message(text)
                .title(title)
                .kind(MessageDialogKind::Warning)
                .buttons(MessageDialogButtons::OkCancelCustom(yes, no));
            if let Some(window) = handle.get_webview_window(window::LABEL) {
                dialog = dialog.parent(&window);
            }
            dialog.show(move |yes| _ = answer.send(yes));
            // A dialog that went without an answer allowed nothing.
            answered.await.unwrap_or(false)
        })
    }
}
