//! What a program takes while it runs, as Linux tells it.

/// Peak resident memory, kB; none of one that ended.
pub fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The files that it has open and that have no name any more, and their bytes.
pub fn nameless_files(process: u32) -> Vec<(String, u64)> {
    let entries = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let nameless = entries.filter_map(|entry| {
        let path = std::fs::read_link(entry.path()).ok()?.to_string_lossy().into_owned();
        let size = std::fs::metadata(entry.path()).ok()?.len();
        path.ends_with("(deleted)").then_some((path, size))
    });
    nameless.collect()
}
