//! A small image for a first try: made on the spot, the same bytes everywhere.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::PracticeError;
use crate::name::{Algorithm, Digest};
use crate::tar::Tar;

/// What the image's program says.
const GREETING: &str = "Hello from Slipway! This image was published by point and click.\n";

/// Writes the sample image to `path`: a docker-save archive of about 130 kB with three plain layers, tagged
/// `hello:1.0`, for linux/amd64, whose program prints a greeting. The bytes are always the same. Missing folders above
/// `path` are made; an existing file is replaced only once the new one is complete.
///
/// # Errors
/// [`PracticeError::Write`] when a folder or the file cannot be written.
pub fn sample_image(path: &Path) -> Result<(), PracticeError> {
    let failed = |source| PracticeError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    fs::write(&fresh, sample_archive()).and_then(|()| fs::rename(&fresh, path)).map_err(failed)
}

/// The bytes of [`sample_image`].
pub fn sample_archive() -> Vec<u8> {
    let layers = [
        ("COPY rootfs/ /", base()),
        ("COPY stories.txt /usr/share/hello/", stories()),
        ("COPY hello /hello", Tar::default().program("hello", &program(GREETING)).finish()),
    ];
    let diff_ids: Vec<Digest> = layers.iter().map(|(_, tar)| Digest::of(Algorithm::Sha256, tar)).collect();
    let config = config(&layers, &diff_ids).to_string();
    let config_file = format!("{}.json", Digest::of(Algorithm::Sha256, config.as_bytes()).hex);
    let members: Vec<String> = diff_ids.iter().map(|diff_id| format!("{}/layer.tar", diff_id.hex)).collect();
    let manifest = json!([{ "Config": config_file, "RepoTags": ["hello:1.0"], "Layers": members }]);
    let mut archive = Tar::default();
    for (diff_id, (_, tar)) in diff_ids.iter().zip(&layers) {
        archive = archive
            .folder(&format!("{}/", diff_id.hex))
            .file(&format!("{}/VERSION", diff_id.hex), b"1.0")
            .file(&format!("{}/layer.tar", diff_id.hex), tar);
    }
    archive
        .file(&config_file, config.as_bytes())
        .file("manifest.json", manifest.to_string().as_bytes())
        .finish()
}

fn config(layers: &[(&str, Vec<u8>)], diff_ids: &[Digest]) -> Value {
    const CREATED: &str = "2026-01-01T00:00:00Z";
    let step =
        |made_by: &str| json!({ "created": CREATED, "created_by": made_by, "comment": "slipway sample" });
    let mut history: Vec<Value> = layers.iter().map(|(made_by, _)| step(made_by)).collect();
    let mut command = step("CMD [\"/hello\"]");
    command["empty_layer"] = true.into();
    history.push(command);
    json!({
        "architecture": "amd64",
        "os": "linux",
        "created": CREATED,
        "config": {
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "Cmd": ["/hello"],
            "WorkingDir": "/",
            "Labels": {
                "org.opencontainers.image.title": "hello",
                "org.opencontainers.image.description": "A sample image to try publishing with"
            }
        },
        "rootfs": {
            "type": "layers",
            "diff_ids": diff_ids.iter().map(ToString::to_string).collect::<Vec<_>>()
        },
        "history": history
    })
}

fn base() -> Vec<u8> {
    Tar::default()
        .folder("etc/")
        .file("etc/os-release", b"NAME=\"Slipway sample\"\nID=slipway-sample\nVERSION_ID=1.0\n")
        .file("etc/passwd", b"root:x:0:0:root:/:/sbin/nologin\n")
        .folder("usr/")
        .folder("usr/share/")
        .folder("usr/share/hello/")
        .file("usr/share/hello/README", GREETING.as_bytes())
        .finish()
}

/// Some 110 kB of text that compresses as text does.
fn stories() -> Vec<u8> {
    const WHO: [&str; 8] = [
        "the octopus",
        "a tugboat",
        "the harbour pilot",
        "a gull",
        "the crane",
        "one sailor",
        "the tide",
        "a whale",
    ];
    const DID: [&str; 8] =
        ["carried", "counted", "painted", "lost", "found again", "weighed", "stacked", "waved at"];
    const WHAT: [&str; 8] = [
        "seven containers",
        "a small crate",
        "the morning fog",
        "every lantern",
        "an old anchor",
        "the blue buoy",
        "a very long rope",
        "the last manifest",
    ];
    // A linear congruential sequence: the same everywhere, and not a pattern that compresses to nothing.
    let mut state: u32 = 20_260_101;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as usize
    };
    let mut text = String::new();
    for day in 1..=2000 {
        let (who, did, what) = (WHO[next() % 8], DID[next() % 8], WHAT[next() % 8]);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "Day {day}: {who} {did} {what}, {:02x}{:02x}.", next(), next());
    }
    Tar::default().file("usr/share/hello/stories.txt", text.as_bytes()).finish()
}

/// A program for Linux on x86-64 that writes `text` and ends: an ELF header, one segment, 36 bytes of code, the text.
fn program(text: &str) -> Vec<u8> {
    const BASE: u64 = 0x40_0000;
    const HEADERS: u64 = 64 + 56;
    const CODE: u8 = 36;
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let whole = HEADERS + u64::from(CODE) + text.len() as u64;
    let mut elf = Vec::new();
    elf.extend_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    // An executable, for x86-64, version 1.
    elf.extend_from_slice(&[2, 0, 62, 0, 1, 0, 0, 0]);
    // Entry, program headers behind this header, no sections.
    for word in [BASE + HEADERS, 64, 0] {
        elf.extend_from_slice(&word.to_le_bytes());
    }
    elf.extend_from_slice(&[0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
    // One segment, to be loaded, readable and executable: the whole file.
    elf.extend_from_slice(&[1, 0, 0, 0, 5, 0, 0, 0]);
    for word in [0, BASE, BASE, whole, whole, 0x1000] {
        elf.extend_from_slice(&word.to_le_bytes());
    }
    // mov eax, 1 (write); mov edi, 1 (standard output); lea rsi, [rip + 16] (the text, behind the code)
    elf.extend_from_slice(&[0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0, 0x48, 0x8d, 0x35, CODE - 17, 0, 0, 0]);
    // mov edx, length; syscall
    elf.push(0xba);
    elf.extend_from_slice(&length.to_le_bytes());
    elf.extend_from_slice(&[0x0f, 0x05]);
    // mov eax, 60 (exit); xor edi, edi; syscall; nop
    elf.extend_from_slice(&[0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05, 0x90, 0x90, 0x90]);
    elf.extend_from_slice(text.as_bytes());
    elf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_the_same_on_every_computer() {
        assert_eq!(sample_archive(), sample_archive());
        let digest = Digest::of(Algorithm::Sha256, &sample_archive());
        // Changing the sample on purpose changes this.
        assert_eq!(digest.hex, "452fe54d000baf40439c895b501d5354210e4550612a75cb6eb7e5aef23e9065");
    }

    #[test]
    fn the_sample_stays_small() {
        let bytes = sample_archive().len();
        assert!((80_000..200_000).contains(&bytes), "{bytes}");
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn the_samples_program_runs() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hello");
        fs::write(&path, program(GREETING)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let output = std::process::Command::new(&path).output().unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), GREETING);
    }
}
