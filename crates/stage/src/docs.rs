//! Tables of `docs/` that tests write: `SLIPWAY_WRITE_DOCS=1` writes them anew, else they must be as they are.

use std::path::Path;

/// A row of `docs/malice.md`.
#[derive(Debug, Clone, Copy)]
pub struct Malice {
    /// What comes in.
    pub input: &'static str,
    /// What it took once.
    pub before: &'static str,
    /// What it may take.
    pub bound: &'static str,
    /// What people see.
    pub seen: &'static str,
}

/// Holds the part of `docs/malice.md` between `<!-- SECTION -->` and the next `<!-- end -->` to `rows`. Each room's tests
/// own one such part.
///
/// # Panics
/// Where the part is missing, or shows something else.
pub fn malice(section: &str, rows: &[Malice]) {
    let table: String =
        std::iter::once("| input | cost before | bound | people see |\n|---|---|---|---|\n".to_owned())
            .chain(
                rows.iter().map(|row| {
                    format!("| {} | {} | {} | {} |\n", row.input, row.before, row.bound, row.seen)
                }),
            )
            .collect();
    part("malice.md", section, &table);
}

/// Holds the part of a file of `docs/` between `<!-- SECTION -->` and the next `<!-- end -->` to `table`.
///
/// # Panics
/// Where the part is missing, or shows something else.
pub fn part(file: &str, section: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("docs/{file}: {error}"));
    let begin = format!("<!-- {section} -->\n");
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("docs/{file} has no {section}"));
    let after = rest.split_once("<!-- end -->").expect("the part ends").1;
    let fresh = format!("{before}{begin}{table}<!-- end -->{after}");
    if std::env::var_os("SLIPWAY_WRITE_DOCS").is_some() {
        std::fs::write(&path, &fresh).unwrap_or_else(|error| panic!("docs/{file}: {error}"));
    } else {
        assert!(text == fresh, "docs/{file} is not up to date: SLIPWAY_WRITE_DOCS=1 writes it anew");
    }
}
