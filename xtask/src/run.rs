//! `cargo xtask run`: from a fresh clone to the open window, or to pictures of it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::display::Display;
use crate::packages::{BUILD, DISPLAY, Need};
use crate::place::Place;
use crate::private::Private;
use crate::stop::Stop;
use crate::{node, process, rust, system};

/// Opens the window and stays until it closes; its exit code becomes ours.
pub(crate) fn window(place: &Place, arguments: &[OsString]) -> Result<ExitCode, Stop> {
    if cfg!(target_os = "linux") && !process::is_set("DISPLAY") && !process::is_set("WAYLAND_DISPLAY") {
        return Err(Stop::new("there is no display here to open a window on")
            .help("`cargo xtask run --screenshot DIR` saves pictures of the window instead."));
    }
    set_up(place, &[BUILD])?;
    println!("==> Building Slipway (the first time takes some minutes)");
    process::demand(rust::cargo(place).args([
        "build",
        "--package",
        "slipway-desktop",
        "--package",
        "slipway-cli",
    ]))?;
    println!("==> Opening the window");
    let mut window = Command::new(place.program("slipway-desktop"));
    window.args(arguments);
    let status = window.status().map_err(|error| Stop::io(process::line(&window), &error))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Saves pictures of the main screens in `directory`, taken from the real window on a display that nobody sees.
pub(crate) fn screenshots(place: &Place, directory: &Path) -> Result<ExitCode, Stop> {
    if !cfg!(target_os = "linux") {
        return Err(Stop::new("pictures are taken through Xvfb and WebKitGTK, which only Linux has"));
    }
    let directory = std::fs::create_dir_all(directory)
        .and_then(|()| directory.canonicalize())
        .map_err(|error| Stop::io(directory.display(), &error))?;
    set_up(place, &[BUILD, DISPLAY])?;
    println!("==> Building Slipway (the first time takes some minutes)");
    process::demand(rust::cargo(place).args(["build", "--workspace", "--bins"]))?;
    let private = Private::create()?;
    let display = Display::start(&private.file("xvfb.log"))?;
    println!("==> Taking pictures");
    let mut journey = Command::new(place.program("screenshots"));
    private.surround(journey.arg(&directory).current_dir(place.root()));
    process::demand(journey.env("DISPLAY", display.name()).env("SLIPWAY_IMITATE_CARD", "1"))?;
    println!("==> The pictures are in {}", directory.display());
    Ok(ExitCode::SUCCESS)
}

fn set_up(place: &Place, needs: &[&[Need]]) -> Result<(), Stop> {
    rust::check();
    node::check()?;
    system::ensure(needs)?;
    node::install(place)?;
    node::build(place)
}
