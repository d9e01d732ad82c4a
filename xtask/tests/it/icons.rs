//! The icons that windows and bundles embed are there, whole, and of the size their names say.

use std::path::Path;

fn icon(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../icons").join(name);
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; cargo xtask icons draws it", path.display()))
}

/// The side of a square PNG picture with alpha, eight bits a channel: what Tauri takes.
fn side(png: &[u8]) -> u32 {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((number(16), png[24], png[25]), (number(20), 8, 6), "square, 8 bits, RGBA");
    number(16)
}

#[test]
fn pictures_have_the_size_of_their_names() {
    for (name, wanted) in
        [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)]
    {
        assert_eq!(side(&icon(name)), wanted, "{name}");
    }
}

#[test]
fn windows_icon_holds_small_and_large_pictures() {
    let ico = icon("icon.ico");
    let number = |at: usize| u32::from_le_bytes(ico[at..at + 4].try_into().unwrap()) as usize;
    let sides: Vec<u32> = (0..usize::from(ico[4]))
        .map(|index| 6 + 16 * index)
        .map(|entry| side(&ico[number(entry + 12)..number(entry + 12) + number(entry + 8)]))
        .collect();
    assert_eq!(sides, [16, 24, 32, 48, 64, 256]);
}

#[test]
fn macos_icon_holds_small_and_large_pictures() {
    let icns = icon("icon.icns");
    let number = |at: usize| u32::from_be_bytes(icns[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&icns[..4], number(4)), (b"icns".as_slice(), icns.len()));
    let (mut at, mut sides) = (8, Vec::new());
    while at < icns.len() {
        sides.push(side(&icns[at + 8..at + number(at + 4)]));
        at += number(at + 4);
    }
    assert_eq!(sides, [32, 64, 128, 256, 256, 512, 512, 1024]);
}
