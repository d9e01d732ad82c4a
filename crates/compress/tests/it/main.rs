//! Deterministic compression.

mod readers;
