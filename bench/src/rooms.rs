//! Where the time of a first push goes: each room's work on the same layers alone, on one core.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use sha2::{Digest as _, Sha256};
use slipway_compress::Method;

use crate::Outcome;
use crate::content::Content;
use crate::images::BIG;
use crate::measure::push;
use crate::pushers::{Archive, Pusher};
use crate::registry::Registry;
use crate::table::Table;

/// Seconds that each room takes.
#[derive(Default)]
struct Rooms {
    reading: f64,
    diff_id: f64,
    compressing: f64,
    hashing: f64,
    /// Bytes that come out.
    made: usize,
}

/// Reads, hashes, compresses and hashes again, block by block, as the push does, and keeps the times apart.
fn alone(archive: &Path, method: Method) -> Outcome<Rooms> {
    let (mut rooms, mut block) = (Rooms::default(), Vec::with_capacity(method.block()));
    let mut tar = tar::Archive::new(File::open(archive)?);
    for entry in tar.entries()? {
        let mut entry = entry?;
        if !entry.path()?.ends_with("layer.tar") {
            continue;
        }
        let (mut content, mut sent) = (Sha256::new(), Sha256::new());
        loop {
            let began = Instant::now();
            block.clear();
            entry.by_ref().take(method.block() as u64).read_to_end(&mut block)?;
            rooms.reading += began.elapsed().as_secs_f64();
            if block.is_empty() {
                break;
            }
            rooms.diff_id += timed(|| content.update(&block));
            let mut made = Vec::new();
            rooms.compressing += timed(|| made = slipway_compress::block(method, &block));
            rooms.hashing += timed(|| sent.update(&made));
            rooms.made += made.len();
        }
    }
    Ok(rooms)
}

fn timed(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

/// The table of the three compressions that have names.
pub(crate) fn measure(content: &Content, folder: &Path) -> Outcome<Table> {
    println!("\n==> rooms");
    let path = BIG.archive(content, folder)?;
    // From here on the file is in memory, for all of them alike.
    std::io::copy(&mut File::open(&path)?, &mut std::io::sink())?;
    let archive = Archive { image: BIG, path, oci: false };
    let mut text = String::from(
        "Seconds of one core for all layers, each room alone; \"sending and the rest\" is what the whole push takes beyond \
         them.\n\n| | reading | diff ID | compressing | hashing what is sent | sending and the rest | all | MB sent |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let pushes: [(&str, Method, &'static [&'static str]); 3] = [
        ("gzip", Method::default(), &[]),
        ("fast", Method::FAST, &["--compression", "fast"]),
        ("zstd", Method::ZSTD, &["--compression", "zstd"]),
    ];
    for (name, method, arguments) in pushes {
        let rooms = alone(&archive.path, method)?;
        let registry = Registry::start(folder, None)?;
        let home = folder.join("home");
        let _ = std::fs::remove_dir_all(&home);
        std::fs::create_dir_all(&home)?;
        std::fs::write(folder.join("hosts.toml"), "")?;
        let target = format!("{}/bench/image:1", registry.address());
        let command = Pusher::Slipway(arguments).command(&archive, &target, folder, &home)?;
        let all = push(&command, &registry, folder)?.cpu;
        let Rooms { reading, diff_id, compressing, hashing, made } = rooms;
        let rest = (all - reading - diff_id - compressing - hashing).max(0.0);
        writeln!(
            text,
            "| `{name}` | {reading:.2} | {diff_id:.2} | {compressing:.2} | {hashing:.2} | {rest:.2} | {all:.2} | {:.0} |",
            made as f64 / 1e6
        )?;
        println!("    {name:<40} {all:>7.3} s of processor time");
    }
    Ok(Table::of_text("rooms", "where the time of a first push goes", text))
}
