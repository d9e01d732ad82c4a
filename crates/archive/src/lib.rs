//! What an image file holds: docker-save archives, OCI archives and layouts, read in place.
//!
//! [`Archive::open`] walks a tar's headers once and reads the small JSON in it; layers stay where they are
//! and are read at their positions ([`Archive::reader`]), so a file of any size needs little memory and no
//! room on the disk. Only what cannot be read so, something compressed or a pipe, goes once into a file without a
//! name. [`Layout`] says how such a file is written, [`Unfinished`] is one that is; [`Folder`] is a
//! layout that is.

mod archive;
mod budget;
mod container;
mod docker;
mod error;
mod file;
mod folder;
mod halves;
mod headers;
mod images;
mod index;
mod kind;
mod layer;
mod layout;
mod limits;
mod line_ends;
mod model;
mod names;
mod oci;
mod outer;
mod output;
mod referrers;
mod roots;
mod sniff;
mod source;
mod sparse;
mod spool;
mod tar;
mod unfinished;

pub use archive::Archive;
pub use error::{ArchiveError, Spooled};
pub use folder::{Folder, Part};
pub use headers::{Entry, Members};
pub use kind::Kind;
pub use layout::{Beside, Layout, Member, Target, WriteImage};
pub use model::{Format, LeftOut, LeftOutKind};
pub use outer::Outer;
pub use output::{Output, OutputPlace, write_file};
pub use sniff::{Sniffed, sniff};
pub use spool::{OpenOptions, SpoolProgress, unpacked_limit};
pub use unfinished::Unfinished;
