//! `cargo xtask icons`: every size that windows and bundles want, drawn from `icons/*.svg`.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::packages::ICONS;
use crate::place::Place;
use crate::stop::Stop;
use crate::{process, system};

/// Single pictures by file name and side in pixels.
const PICTURES: [(&str, u32); 4] =
    [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];

/// Sides in pixels of the pictures in `icon.ico`.
const ICO: [u32; 6] = [16, 24, 32, 48, 64, 256];

/// The types of `icon.icns` that hold PNG, and their sides in pixels.
const ICNS: [(&[u8; 4], u32); 8] = [
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
];

/// Below this side the fine lines of `icon.svg` would blur: `icon-small.svg` is drawn instead.
const SMALL: u32 = 64;

/// Draws them all.
pub(crate) fn make(place: &Place) -> Result<ExitCode, Stop> {
    system::ensure(&[ICONS])?;
    let room = place.icons();
    println!("==> Drawing icons");
    for (name, side) in PICTURES {
        write(&room.join(name), &draw(&room, side)?)?;
    }
    let drawn = ICO.iter().map(|&side| Ok((side, draw(&room, side)?))).collect::<Result<Vec<_>, Stop>>()?;
    write(&room.join("icon.ico"), &ico(&drawn))?;
    let drawn =
        ICNS.iter().map(|&(kind, side)| Ok((kind, draw(&room, side)?))).collect::<Result<Vec<_>, Stop>>()?;
    write(&room.join("icon.icns"), &icns(&drawn))?;
    Ok(ExitCode::SUCCESS)
}

fn draw(room: &Path, side: u32) -> Result<Vec<u8>, Stop> {
    let source = room.join(if side < SMALL { "icon-small.svg" } else { "icon.svg" });
    let mut draw = Command::new("rsvg-convert");
    let side = side.to_string();
    draw.args(["--format", "png", "--width", &side, "--height", &side]).arg(&source);
    let output = draw.output().map_err(|error| Stop::io("rsvg-convert", &error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Stop::new(format!("{} did not become a picture: {}", process::line(&draw), said.trim())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    println!("    {} ({} bytes)", path.display(), bytes.len());
    std::fs::write(path, bytes).map_err(|error| Stop::io(path.display(), &error))
}

/// Windows' container: a directory of 16-byte entries, then the PNG files. A side of 256 is written as 0.
fn ico(pictures: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let count = pictures.len();
    let mut bytes = vec![0, 0, 1, 0, low(count), 0];
    let mut offset = 6 + 16 * count;
    for (side, png) in pictures {
        let side = u8::try_from(*side).unwrap_or(0);
        bytes.extend([side, side, 0, 0, 1, 0, 32, 0]);
        bytes.extend(word(png.len()).to_le_bytes());
        bytes.extend(word(offset).to_le_bytes());
        offset += png.len();
    }
    bytes.extend(pictures.iter().flat_map(|(_, png)| png));
    bytes
}

/// macOS' container: a type, a length that counts its own eight bytes, the PNG file; and the same around them all.
fn icns(pictures: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], content: &[u8]| {
        [kind.as_slice(), &word(content.len() + 8).to_be_bytes(), content].concat()
    };
    let content: Vec<u8> = pictures.iter().flat_map(|(kind, png)| chunk(kind, png)).collect();
    chunk(b"icns", &content)
}

/// Both containers count in 32 bits; icons of that size do not exist.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn low(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_finds_each_picture_where_the_directory_says() {
        let bytes = ico(&[(16, vec![1, 2, 3]), (256, vec![4, 5])]);
        assert_eq!(&bytes[..6], [0, 0, 1, 0, 2, 0]);
        assert_eq!(&bytes[6..22], [16, 16, 0, 0, 1, 0, 32, 0, 3, 0, 0, 0, 38, 0, 0, 0]);
        assert_eq!(&bytes[22..38], [0, 0, 0, 0, 1, 0, 32, 0, 2, 0, 0, 0, 41, 0, 0, 0]);
        assert_eq!(&bytes[38..], [1, 2, 3, 4, 5]);
    }

    #[test]
    fn macos_finds_each_picture_by_its_length() {
        let bytes = icns(&[(b"ic07", vec![1, 2, 3]), (b"ic08", vec![4])]);
        assert_eq!(bytes, b"icns\0\0\0\x1cic07\0\0\0\x0b\x01\x02\x03ic08\0\0\0\x09\x04");
    }
}
