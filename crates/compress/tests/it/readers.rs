//! What comes out is read whole by everyone, and is always the same.

use std::io::Read;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use slipway_compress::{Method, Parallel, Pool};

fn compress(pool: &Pool, method: Method, content: impl Read) -> Vec<u8> {
    let mut parallel = Parallel::new(pool, method, content);
    let mut out = Vec::new();
    while let Some(block) = parallel.next(|_| {}).unwrap() {
        out.extend(block);
    }
    out
}

fn unpack(method: Method, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if method.is_zstd() {
        zstd::stream::read::Decoder::new(bytes).unwrap().read_to_end(&mut out).unwrap();
    } else {
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    }
    out
}

/// Compressible, never the same twice.
fn content(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b"etaoin shrdlu\n/usr"[(state >> 59) as usize % 18]
    })
    .take(length)
    .collect()
}

#[test]
fn the_number_of_threads_never_shows() {
    let content = content((5 << 20) + 12_345);
    for method in [Method::default(), Method::FAST, "zstd".parse().unwrap()] {
        let one = compress(&Pool::new(1).unwrap(), method, &content[..]);
        assert!(unpack(method, &one) == content, "{method}");
        for threads in [2, 3, 7] {
            let pool = Pool::new(threads).unwrap();
            assert!(compress(&pool, method, &content[..]) == one, "{method}, {threads} threads");
            // Several at once on one pool, as layers are.
            let several: Vec<_> = std::thread::scope(|scope| {
                let running: Vec<_> =
                    (0..4).map(|_| scope.spawn(|| compress(&pool, method, &content[..]))).collect();
                running.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(several.iter().all(|bytes| *bytes == one), "{method}, {threads} threads, four at once");
        }
    }
}

#[test]
fn lengths_around_a_block_come_back() {
    let pool = Pool::new(2).unwrap();
    for method in [Method::default(), "zstd:1".parse().unwrap()] {
        let block = method.block();
        for length in [0, 1, block - 1, block, block + 1, 2 * block, 2 * block + 1] {
            let content = content(length);
            let compressed = compress(&pool, method, &content[..]);
            assert!(
                !compressed.is_empty() && unpack(method, &compressed) == content,
                "{method}, {length} bytes"
            );
        }
    }
}

#[test]
fn the_gzip_command_reads_every_member() {
    let mut content = content((3 << 20) + 1);
    content.splice(1 << 20..1 << 20, block_of(Kind::Noise, 1 << 20, 2));
    let compressed = compress(&Pool::new(0).unwrap(), Method::default(), &content[..]);
    let mut gzip =
        Command::new("gzip").arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = gzip.stdin.take().unwrap();
    let writer = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &compressed).unwrap());
    let output = gzip.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success() && output.stdout == content);
}

#[test]
fn a_source_that_fails_says_so_and_gives_back_what_it_borrowed() {
    struct Broken(u64);
    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            let length = buffer.len().min(usize::try_from(self.0).unwrap());
            buffer[..length].fill(7);
            self.0 -= length as u64;
            Ok(length)
        }
    }
    let pool = Pool::new(2).unwrap();
    for _ in 0..50 {
        let mut parallel = Parallel::new(&pool, Method::default(), Broken(5 << 20));
        let mut result = Ok(Some(Vec::new()));
        while matches!(result, Ok(Some(_))) {
            result = parallel.next(|_| {});
        }
        assert_eq!(result.unwrap_err().to_string(), "the disk is gone");
    }
    // Were anything not given back, this would still work, but only with its own two blocks.
    assert_eq!(format!("{pool:?}"), format!("{:?}", Pool::new(2).unwrap()));
    let content = content(4 << 20);
    assert!(unpack(Method::default(), &compress(&pool, Method::default(), &content[..])) == content);
}

/// What a block of content may be like.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    /// It does not shrink.
    Noise,
    /// Noise in places.
    Mixed,
    Zeros,
}

fn block_of(kind: Kind, length: usize, seed: u64) -> Vec<u8> {
    let noise = || slipway_stage::noise(length, seed);
    match kind {
        Kind::Text => content(length),
        Kind::Noise => noise(),
        Kind::Mixed => {
            let mut mixed = noise();
            for part in mixed.chunks_mut(90_000).skip(1).step_by(2) {
                part.copy_from_slice(&content(part.len()));
            }
            mixed
        }
        Kind::Zeros => vec![0; length],
    }
}

#[test]
fn what_does_not_shrink_costs_next_to_nothing_and_what_shrinks_is_compressed() {
    let method = Method::default();
    let size = |kind| slipway_compress::block(method, &block_of(kind, method.block(), 3)).len();
    let (whole, mixed) = (size(Kind::Noise), size(Kind::Mixed));
    assert!(whole < method.block() + method.block() / 8_000, "{whole} bytes");
    assert!(mixed < method.block() * 8 / 10, "{mixed} bytes");
    assert!(size(Kind::Zeros) < 2_000);
    // Chance that comes again within reach shrinks, though every sample of it looks like chance.
    let again: Vec<u8> = slipway_stage::noise(20_000, 5).into_iter().cycle().take(method.block()).collect();
    assert!(slipway_compress::block(method, &again).len() < 40_000);
}

#[test]
fn the_bytes_of_each_form_never_change() {
    // A registry has them under their digest, and a ledger says so: other bytes, from a newer library, too, are another
    // form with another key.
    let mut content = content((2 << 20) + 77);
    content.extend(slipway_stage::noise(2 << 20, 1));
    // As programs are: neither text nor chance.
    content.extend(slipway_stage::noise(3 << 20, 2).iter().map(|byte| byte & 0x9f));
    let digest = |method: Method| {
        slipway_stage::digest(&compress(&Pool::new(2).unwrap(), method, &content[..]))[7..19].to_owned()
    };
    let gzip = Method::default();
    let methods = [gzip, gzip.earlier().last().unwrap(), Method::FAST, Method::SMALL, Method::ZSTD];
    let made = methods.map(|method| format!("{} {}", method.key(), digest(method)));
    assert_eq!(
        made,
        [
            "gzip:2/2 672cffc7ae94",
            "gzip:5 a0565544e208",
            "gzip:1/2 15de90b35842",
            "gzip:9/2 9128ab1e82f4",
            "zstd:2/2 c37812cafbf6"
        ]
    );
    let first = Method::ZSTD.earlier().next().unwrap();
    assert_eq!((first.key(), digest(first)), ("zstd:2".to_owned(), "ca04ed51a45b".to_owned()));
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let kind = prop::sample::select(vec![Kind::Text, Kind::Noise, Kind::Mixed, Kind::Zeros]);
    prop::collection::vec(kind, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever the blocks hold, the same comes out on any number of threads, and from any block on.
    #[test]
    fn threads_and_restarts_never_show(kinds in kinds(), rest in 0_usize..400_000, zstd: bool, seed: u64) {
        let method = if zstd { Method::ZSTD } else { Method::default() };
        let mut content = Vec::new();
        for (kind, seed) in kinds.iter().zip(seed..) {
            content.extend(block_of(*kind, method.block(), seed));
        }
        content.extend(block_of(Kind::Mixed, rest, seed));
        let whole = compress(&Pool::new(1).unwrap(), method, &content[..]);
        prop_assert!(unpack(method, &whole) == content);
        for threads in [2, 16] {
            prop_assert!(compress(&Pool::new(threads).unwrap(), method, &content[..]) == whole);
        }
        let mut before = 0;
        for block in content.chunks(method.block()) {
            prop_assert!(whole[before..].starts_with(&slipway_compress::block(method, block)));
            before += slipway_compress::block(method, block).len();
        }
        prop_assert!(before == whole.len() || content.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// However the source hands out its bytes, the same goes in and the same comes out.
    #[test]
    fn short_reads_change_nothing(length in 0_usize..3_000_000, step in 1_usize..200_000) {
        struct Steps<'a>(&'a [u8], usize);
        impl Read for Steps<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let step = self.1.min(buffer.len());
                self.0.read(&mut buffer[..step])
            }
        }
        let pool = Pool::new(2).unwrap();
        let content = content(length);
        let whole = compress(&pool, Method::FAST, &content[..]);
        prop_assert!(compress(&pool, Method::FAST, Steps(&content, step)) == whole);
        prop_assert!(unpack(Method::FAST, &whole) == content);
    }
}
