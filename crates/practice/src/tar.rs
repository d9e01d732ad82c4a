//! A tar writer for the sample image: regular files and folders, fixed owner and time.

/// The length of a header and the unit of padding, in bytes.
const BLOCK: usize = 512;

/// A tar archive in memory whose bytes depend on nothing but what is added.
#[derive(Default)]
pub(crate) struct Tar(Vec<u8>);

impl Tar {
    /// Adds a folder; `path` ends with `/`.
    pub(crate) fn folder(self, path: &str) -> Self {
        self.entry(path, b'5', 0o755, &[])
    }

    /// Adds a file that everyone may read.
    pub(crate) fn file(self, path: &str, content: &[u8]) -> Self {
        self.entry(path, b'0', 0o644, content)
    }

    /// Adds a file that everyone may run.
    pub(crate) fn program(self, path: &str, content: &[u8]) -> Self {
        self.entry(path, b'0', 0o755, content)
    }

    /// The archive, closed by two empty blocks.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 2 * BLOCK, 0);
        self.0
    }

    fn entry(mut self, path: &str, kind: u8, mode: u32, content: &[u8]) -> Self {
        let mut header = [0; BLOCK];
        let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
        // The sample's names are short; a longer one would need another kind of header.
        assert!(path.len() <= 100, "{path} does not fit a plain header");
        put(0, path.as_bytes());
        put(100, format!("{mode:07o}\0").as_bytes());
        put(108, b"0000000\x000000000\0");
        put(124, format!("{:011o}\0{:011o}\0", content.len(), 0).as_bytes());
        put(148, b"        ");
        put(156, &[kind]);
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().copied().map(u32::from).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend_from_slice(&header);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        self
    }
}
