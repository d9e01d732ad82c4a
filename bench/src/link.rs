//! A slow link: two network namespaces whose tun devices are joined here, with a delay and a rate. Linux, as root.
//! The kernel may have no netem, so packets go through two sockets of ours.

use std::collections::VecDeque;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::{Outcome, demand};

/// Addresses of the two ends.
pub(crate) const NEAR: &str = "10.77.0.1";
pub(crate) const FAR: &str = "10.77.0.2";

/// One way; there and back are 20 ms.
const DELAY: Duration = Duration::from_millis(10);

/// 100 Mbit/s in bytes.
const RATE: f64 = 12_500_000.0;

/// What waits for its turn, bytes: a tenth of a second, as home routers have it.
const QUEUE: usize = 1_250_000;

/// A link between the namespaces `slipway-near` and `slipway-far`.
pub(crate) struct Link {
    ends: Vec<Child>,
    folder: PathBuf,
    near: &'static str,
    far: &'static str,
}

impl Link {
    /// Sets it up.
    pub(crate) fn open(folder: &Path) -> Outcome<Self> {
        let folder = folder.join("link");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let mut link = Self { ends: Vec::new(), folder: folder.clone(), near: "near", far: "far" };
        // They listen before either end says a word: socat ends where nobody does.
        for (from, to) in [("near", "far"), ("far", "near")] {
            let socket = UnixDatagram::bind(folder.join(format!("{from}-shaper")))?;
            shape(socket, folder.join(to));
        }
        for (end, address) in [("near", NEAR), ("far", FAR)] {
            let _ = Command::new("ip")
                .args(["netns", "del", &format!("slipway-{end}")])
                .stderr(Stdio::null())
                .status();
            demand(Command::new("ip").args(["netns", "add", &format!("slipway-{end}")]))?;
            demand(in_namespace(end, "ip").args(["link", "set", "lo", "up"]))?;
            let (own, other) = (folder.join(end), folder.join(format!("{end}-shaper")));
            let tun = format!("TUN:{address}/24,tun-type=tun,iff-no-pi,iff-up");
            let socket = format!("UNIX-SENDTO:{},bind={}", other.display(), own.display());
            let end = in_namespace(end, "socat").args([&tun, &socket]).stdin(Stdio::null()).spawn();
            link.ends.push(end?);
        }
        let began = Instant::now();
        while !link
            .near("ping")
            .args(["-q", "-c1", "-W1", FAR])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
        {
            if began.elapsed() > Duration::from_secs(15) {
                return Err("the two ends of the slow link do not reach each other".into());
            }
        }
        Ok(link)
    }

    /// A program at the client's end.
    pub(crate) fn near(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        in_namespace(self.near, program)
    }

    /// A program at the registry's end.
    pub(crate) fn far(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        in_namespace(self.far, program)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        for end in &mut self.ends {
            let _ = end.kill();
            let _ = end.wait();
        }
        for end in ["near", "far"] {
            let _ = Command::new("ip").args(["netns", "del", &format!("slipway-{end}")]).status();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn in_namespace(end: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", &format!("slipway-{end}")]).arg(program);
    command
}

/// Hands packets from `socket` on to `to`: no faster than the rate, each after the delay.
fn shape(socket: UnixDatagram, to: PathBuf) {
    let (packets, line) = mpsc::channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        let Ok(out) = UnixDatagram::unbound() else { return };
        for (at, packet) in line {
            if let Some(wait) = at.checked_duration_since(Instant::now()) {
                std::thread::sleep(wait);
            }
            // What nobody takes is lost, as on a line.
            let _ = out.send_to(&packet, &to);
        }
    });
    std::thread::spawn(move || {
        let (mut buffer, mut free_at) = (vec![0; 65_536], Instant::now());
        let mut waiting: VecDeque<(Instant, usize)> = VecDeque::new();
        while let Ok(length) = socket.recv(&mut buffer) {
            let now = Instant::now();
            while waiting.front().is_some_and(|(leaves, _)| *leaves <= now) {
                waiting.pop_front();
            }
            if waiting.iter().map(|(_, length)| length).sum::<usize>() + length > QUEUE {
                continue;
            }
            free_at = free_at.max(now) + Duration::from_secs_f64(length as f64 / RATE);
            waiting.push_back((free_at, length));
            if packets.send((free_at + DELAY, buffer[..length].to_vec())).is_err() {
                return;
            }
        }
    });
}
