//! What files that mean harm may cost: each is opened in a process of its own, whose peak of memory is read. The rows
//! stand in `docs/malice.md`.

use std::path::Path;
use std::process::Command;

use slipway_archive::Archive;
use slipway_stage::docs::{Malice, malice};
use slipway_stage::image::{config, layer};
use slipway_stage::tar::{Tar, pax};
use slipway_stage::zstd;

use crate::{annotated, open, save};

/// Names the file that a process of its own opens.
const FILE: &str = "SLIPWAY_MALICE_FILE";

struct Case {
    row: Malice,
    make: fn() -> Vec<u8>,
    /// Begin of what is said where the file cannot be used; empty where it can.
    says: &'static str,
}

fn cases() -> Vec<Case> {
    let case = |input, before, bound, seen, says, make| Case {
        row: Malice { input, before, bound, seen },
        make,
        says,
    };
    vec![
        case(
            "a config of 1.4 million build steps, named 31 times (781 bytes as zstd)",
            "2.5 GB, 26 s",
            "each config is read once; 600,000 values in a file",
            "the file is refused, naming the config",
            "config.json is left out",
            || again(&format!("{{\"history\":[{}{{}}]}}", "{},".repeat(1_398_000))),
        ),
        case(
            "a config of 3 MiB, named 31 times",
            "as much work 31 times",
            "each config is kept once",
            "the images",
            "",
            || again(&format!("{{\"os\":\"linux\"{}}}", " ".repeat(3 << 20))),
        ),
        case(
            "a build step of 3 MiB, told of 2,000 images",
            "310 MB with 30 images, refused with more",
            "1,000 characters of a step; the config is kept once",
            "the images, with steps cut",
            "",
            || many_steps(&"a ".repeat(1_500_000)),
        ),
        case(
            "a manifest with 100,000 annotations, named 30 times by an index",
            "640 MB",
            "each manifest is kept once",
            "the image",
            "",
            || annotated(100_000, 30),
        ),
        case(
            "a manifest with 230,000 annotations, named 30 times by an index",
            "1.4 GB, 22 s",
            "250,000 values in one document",
            "the file is refused, naming the manifest",
            "blobs/sha256/",
            || annotated(230_000, 30),
        ),
        case(
            "a list of nothing but numbers, 4 MiB of JSON",
            "1.0 GB",
            "250,000 values in one document",
            "the file is refused, naming the member",
            "manifest.json",
            || {
                Tar::default()
                    .file("manifest.json", format!("[{}0]", "0,".repeat(2_000_000)).as_bytes())
                    .end()
            },
        ),
        case(
            "a name of 1 MiB for all members that leads out of the file, and 2,000 members (384 kB as zstd with 250,000)",
            "100 s with 250,000 members",
            "4 kB for such a name; 64 MiB of names are looked at",
            "the file is refused",
            "a tar header",
            || {
                let climbs = format!("{}{}..", "a/".repeat(260_000), "../".repeat(170_000));
                let tar = Tar::default().extra(b'g', &pax("path", &climbs));
                (0..2000).fold(tar, |tar, number| tar.link(b'5', &number.to_string(), "")).end()
            },
        ),
        case(
            "220,000 members with names of 80 bytes",
            "64 MB",
            "225,000 members and 20 MiB of their names",
            "the file is refused as no image",
            "image.tar",
            || {
                let mut tar = Tar::default();
                for number in 0..220_000 {
                    tar = tar.link(b'5', &format!("{number:0>80}"), "");
                }
                tar.end()
            },
        ),
    ]
}

/// An archive of `docker save` that names `config` 31 times.
fn again(config: &str) -> Vec<u8> {
    let entries = vec![serde_json::json!({"Config": "config.json", "Layers": []}); 31];
    let list = serde_json::Value::Array(entries).to_string();
    Tar::default().file("config.json", config.as_bytes()).file("manifest.json", list.as_bytes()).end()
}

fn many_steps(step: &str) -> Vec<u8> {
    let plain = layer("x");
    let mut config: serde_json::Value = serde_json::from_slice(&config(&[&plain])).unwrap();
    config["history"] = serde_json::json!([{"created_by": step}]);
    let entries = vec![serde_json::json!({"Config": "config.json", "Layers": ["1"]}); 2000];
    let tar = Tar::default().file("1", &plain).file("config.json", config.to_string().as_bytes());
    tar.file("manifest.json", serde_json::Value::Array(entries).to_string().as_bytes()).end()
}

/// Opens what the test beside this one names; nothing otherwise.
#[test]
fn opened_in_a_process_of_its_own() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let before = peak().unwrap_or_default();
    let opened = open(Path::new(&path));
    let kept = opened.as_ref().map_or(8 << 20, Archive::kept);
    let took = peak().unwrap_or_default().saturating_sub(before);
    let bound = (64 << 20) + 20 * kept;
    assert!(took <= bound.min(256 << 20), "{took} bytes, {bound} are allowed");
    let said = opened.map_or_else(|error| error.to_string(), |_| String::new());
    std::fs::write(Path::new(&path).with_extension("said"), said).unwrap();
}

/// The most memory that this process had, bytes; none where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? << 10)
}

#[test]
fn no_small_file_costs_much_memory() {
    let mut problems = Vec::new();
    for case in cases() {
        let saved = save(&(case.make)());
        for packed in [false, true] {
            if packed {
                std::fs::write(&saved.path, zstd(&std::fs::read(&saved.path).unwrap())).unwrap();
            }
            let told = saved.path.with_extension("said");
            let _ = std::fs::remove_file(&told);
            let test = ["malice::opened_in_a_process_of_its_own", "--exact", "--nocapture"];
            let mut command = Command::new(std::env::current_exe().unwrap());
            let ran = command.args(test).env(FILE, &saved.path).output().unwrap();
            let said = std::fs::read_to_string(told).unwrap_or_default();
            let right = said.starts_with(case.says) && said.is_empty() == case.says.is_empty();
            if !ran.status.success() || !right {
                problems.push(format!("{}: {said}{}", case.row.input, String::from_utf8_lossy(&ran.stderr)));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let row = |input, before, bound, seen| Malice { input, before, bound, seen };
    // Proven in `files.rs` and `limits.rs`.
    let elsewhere = [
        row(
            "a file that unpacks to hundreds of gigabytes",
            "256 GiB of disk, all there is",
            "20 times its size, and 256 MiB in any case; a tenth of the disk stays free",
            "the window asks; the command ends with 3 and names `--max-unpacked`",
        ),
        row(
            "a compressed file that is no image",
            "all of it is unpacked first",
            "its headers are walked while it comes",
            "why it is none, at once",
        ),
        row(
            "thousands of members, and links of long names",
            "minutes, not to be left",
            "cancelling is looked at every 1,000 headers; 16 MiB of names are followed",
            "the file is refused, or the reading is left",
        ),
    ];
    let rows: Vec<_> = cases().iter().map(|case| case.row).chain(elsewhere).collect();
    malice("archive", &rows);
}
