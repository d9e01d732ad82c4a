//! Files over the window: the paths stay here, the page gets names, verdicts and handles.

use slipway_app::view::DragView;
use tauri::{DragDropEvent, Emitter as _, Manager as _, WebviewWindow};

use crate::App;

/// The event's name in the page.
const EVENT: &str = "drag";

/// Tells the page what is dragged. Judging takes names and first bytes only.
pub(crate) fn tell(window: &WebviewWindow, event: &DragDropEvent) {
    let app = window.state::<App>();
    let view = match event {
        DragDropEvent::Enter { paths, .. } => {
            let (items, more) = app.images().judge(paths, false);
            DragView::Over { items, more }
        }
        DragDropEvent::Drop { paths, .. } => {
            let (items, more) = app.images().judge(paths, true);
            DragView::Dropped { items, more }
        }
        DragDropEvent::Leave => DragView::Left,
        // Positions do not matter: the whole window takes the drop.
        _ => return,
    };
    // A page that is gone needs no news.
    let _ = window.emit(EVENT, view);
}
