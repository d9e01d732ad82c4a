//! What an image is called.

mod properties;
mod rules;
