//! All journeys, in one program: most of their time they wait, so more of them run side by side than there are
//! cores (`cargo xtask test` sees to it). Those that take longest come first, as the names are sorted.

mod access;
mod accounts;
mod asking;
mod build;
mod command;
mod copy;
mod drag;
mod engines;
mod held;
mod install;
mod login;
mod malice;
mod names;
mod notify;
mod real;
mod result;
mod resume;
mod screens;
mod secrets;
mod shell;
mod strangers;
mod told;
mod validation;
mod window;
