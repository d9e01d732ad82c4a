//! The room of engines: a computer on paper.

mod discovery;
