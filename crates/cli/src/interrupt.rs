//! What ends a command: the first Ctrl-C asks what is under way to end, the second ends the command.

use std::io;

use tokio::signal::ctrl_c;

use crate::exit::Exit;

/// `cancel` is called on the first Ctrl-C.
pub(crate) fn cancels(cancel: impl FnOnce() + Send + 'static) {
    // What is under way did not end; a transfer goes on from where it is the next time.
    let end = || std::process::exit(Exit::Cancelled.number().into());
    tokio::spawn(heed(async || ctrl_c().await.is_ok(), cancel, end));
}

/// Listens from now on for being asked to end: by Ctrl-C, by a service manager, or by the terminal that closes.
#[cfg(unix)]
pub(crate) fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut pressed = signal(SignalKind::interrupt())?;
    let (mut term, mut hang_up) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    Ok(async move {
        tokio::select! {
            _ = pressed.recv() => {}
            _ = term.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    Ok(async { drop(ctrl_c().await) })
}

/// Waits for two presses; `pressed` says whether there can be any.
async fn heed(pressed: impl AsyncFn() -> bool, cancel: impl FnOnce(), end: impl FnOnce()) {
    if !pressed().await {
        return;
    }
    cancel();
    if pressed().await {
        end();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A push whose task had died went on for ever, whatever was pressed.
    #[tokio::test]
    async fn what_does_not_end_when_it_is_asked_to_is_ended_by_the_second_press() {
        for (presses, expected) in [(0, &[][..]), (1, &["cancel"]), (2, &["cancel", "end"])] {
            let (left, did) = (RefCell::new(presses), RefCell::new(Vec::new()));
            let pressed = async || {
                let more = *left.borrow() > 0;
                *left.borrow_mut() -= i32::from(more);
                more
            };
            heed(pressed, || did.borrow_mut().push("cancel"), || did.borrow_mut().push("end")).await;
            assert_eq!(*did.borrow(), expected);
        }
    }
}
