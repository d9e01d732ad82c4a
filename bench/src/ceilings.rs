//! What this computer can do at most.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::content::Content;
use crate::images::BIG;
use crate::measure::timed;
use crate::registry::Registry;
use crate::table::Table;

/// SHA-256 of the archive, a plain upload of it, and gzip with all cores.
pub(crate) fn measure(content: &Content, folder: &Path) -> Outcome<Table> {
    println!("\n==> ceilings");
    let archive = BIG.archive(content, folder)?;
    let size = std::fs::metadata(&archive)?.len() as f64 / 1e6;
    let mut text = "| | time, s | processor, s | MB/s |\n|---|---|---|---|\n".to_owned();
    let mut row = |name: &str, command: &Command| -> Outcome<()> {
        let (wall, cpu, _) = timed(command, folder)?;
        println!("    {name:<40} {wall:>7.3} s");
        writeln!(text, "| {name} | {wall:.2} | {cpu:.2} | {:.0} |", size / wall)?;
        Ok(())
    };
    let mut openssl = Command::new("openssl");
    row("SHA-256 of the archive (openssl)", openssl.args(["dgst", "-sha256"]).arg(&archive))?;
    let registry = Registry::start(folder, None)?;
    let script = format!(
        "location=$(curl -s -X POST -o /dev/null -D - http://{0}/v2/bench/plain/blobs/uploads/ | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p'); \
         curl -s -f -o /dev/null -X PATCH -H 'Content-Type: application/octet-stream' -T {1} \"$location\"",
        registry.address(),
        archive.display(),
    );
    row("upload of the archive (curl)", Command::new("sh").args(["-c", &script]))?;
    let pigz = format!("pigz -6 -c '{}' > /dev/null", archive.display());
    row("gzip with all cores (pigz -6)", Command::new("sh").args(["-c", &pigz]))?;
    Ok(Table::of_text("ceilings", "what this computer can do with the same archive", text))
}
