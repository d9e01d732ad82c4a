//! The operating system's share of the set-up: installed with apt, elsewhere named exactly.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::packages::{Family, Need};
use crate::process;
use crate::stop::Stop;

/// What system this is, as far as packages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Linux(Family),
    OtherLinux,
    MacOs,
    Windows,
}

impl System {
    /// This computer's.
    pub(crate) fn here() -> Self {
        match std::env::consts::OS {
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            _ => {
                let read = |path| std::fs::read_to_string(path).ok();
                let text =
                    read("/etc/os-release").or_else(|| read("/usr/lib/os-release")).unwrap_or_default();
                family(&text).map_or(Self::OtherLinux, Self::Linux)
            }
        }
    }
}

/// Sees to it that everything in `needs` is there: Debian and Ubuntu get it from apt,
/// elsewhere the error names what is missing and the command that brings it.
pub(crate) fn ensure(needs: &[&[Need]]) -> Result<(), Stop> {
    let needs: Vec<Need> = needs.concat();
    let system = System::here();
    match system {
        System::Linux(family) => {
            let missing = missing(family, &needs);
            if missing.is_empty() {
                println!("==> System packages: all there");
                return Ok(());
            }
            println!("==> System packages that are missing:");
            for need in &needs {
                let names: Vec<_> =
                    need.packages(family).iter().filter(|name| missing.contains(**name)).collect();
                for name in names {
                    println!("    {name:<26} {}", need.why);
                }
            }
            let missing: Vec<&str> = missing.into_iter().collect();
            match family {
                Family::Debian => apt(&missing),
                Family::Fedora => Err(by_hand(&format!("sudo dnf install {}", missing.join(" ")))),
                Family::Arch => Err(by_hand(&format!("sudo pacman -S --needed {}", missing.join(" ")))),
            }
        }
        System::OtherLinux => other_linux(&needs),
        System::MacOs => mac_os(),
        System::Windows => windows(),
    }
}

/// Whether this is root, who may start what needs the whole computer.
pub(crate) fn is_root() -> bool {
    process::said("id", &["-u"]).trim() == "0"
}

/// The family of package names told by `/etc/os-release` (its own documentation: os-release(5)).
fn family(os_release: &str) -> Option<Family> {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\'']).to_ascii_lowercase()
    };
    let (id, like) = (value("ID"), value("ID_LIKE"));
    std::iter::once(id.as_str()).chain(like.split_whitespace()).find_map(|id| match id {
        "debian" | "ubuntu" => Some(Family::Debian),
        "fedora" | "rhel" | "centos" => Some(Family::Fedora),
        "arch" => Some(Family::Arch),
        _ => None,
    })
}

/// The packages of `needs` that are not installed.
fn missing(family: Family, needs: &[Need]) -> BTreeSet<&'static str> {
    let wanted: BTreeSet<&str> = needs.iter().flat_map(|need| need.packages(family)).copied().collect();
    match family {
        Family::Debian => {
            let mut question = vec!["-W", "-f", "${Package}\t${db:Status-Status}\n"];
            question.extend(&wanted);
            let there = dpkg_installed(&process::said("dpkg-query", &question));
            wanted.into_iter().filter(|name| !there.contains(*name)).collect()
        }
        Family::Fedora => wanted
            .into_iter()
            .filter(|name| process::answer("rpm", &["-q", "--whatprovides", name]).is_none())
            .collect(),
        Family::Arch => {
            let mut question = vec!["-T"];
            question.extend(&wanted);
            let absent = process::said("pacman", &question);
            wanted.into_iter().filter(|name| absent.lines().any(|line| line.trim() == *name)).collect()
        }
    }
}

/// The installed packages in dpkg-query's answer. A package that was removed keeps a line with another status.
fn dpkg_installed(answer: &str) -> BTreeSet<String> {
    let pairs = answer.lines().filter_map(|line| line.split_once('\t'));
    pairs.filter(|(_, status)| status.trim() == "installed").map(|(name, _)| name.to_owned()).collect()
}

fn apt(packages: &[&str]) -> Result<(), Stop> {
    let root = is_root();
    if !root && process::on_path("sudo").is_none() {
        let command = format!("apt-get install --no-install-recommends {}", packages.join(" "));
        return Err(Stop::new("installing packages needs root, and there is no sudo")
            .help(format!("As root: {command}")));
    }
    println!("==> Installing them with apt{}", if root { "" } else { " (sudo may ask for your password)" });
    if !lists_there(Path::new("/var/lib/apt/lists")) {
        process::demand(&mut apt_get(root, &["update"]))?;
    }
    let mut words = vec!["install", "--yes", "--no-install-recommends"];
    words.extend(packages);
    let first = process::demand(&mut apt_get(root, &words));
    if first.is_ok() {
        return Ok(());
    }
    // Old lists name versions that the mirrors no longer have.
    println!("==> Once more with fresh package lists");
    process::demand(&mut apt_get(root, &["update"]))?;
    process::demand(&mut apt_get(root, &words)).map_err(|stop| {
        stop.help("apt's own words above say why. On Ubuntu, \"universe\" has to be switched on.")
    })
}

/// `apt-get` that asks nothing; sudo clears the environment, so `env` stands behind it.
fn apt_get(root: bool, words: &[&str]) -> Command {
    let mut command = Command::new(if root { "env" } else { "sudo" });
    if !root {
        command.arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(words);
    command
}

fn lists_there(directory: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(directory) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
}

fn other_linux(needs: &[Need]) -> Result<(), Stop> {
    if process::answer("pkg-config", &["--exists", "webkit2gtk-4.1"]).is_some() {
        println!(
            "==> System packages: WebKitGTK 4.1 is there; this Linux is not known, so the rest is not checked"
        );
        return Ok(());
    }
    let names: Vec<&str> = needs.iter().flat_map(|need| need.packages(Family::Debian)).copied().collect();
    Err(Stop::new("the development files of WebKitGTK 4.1 (pkg-config webkit2gtk-4.1) are missing")
        .help(format!("This Linux is not known. What Debian calls {} is needed.", names.join(", "))))
}

fn mac_os() -> Result<(), Stop> {
    if process::answer("xcode-select", &["-p"]).is_none() {
        return Err(by_hand("xcode-select --install"));
    }
    println!("==> System packages: the Xcode command line tools are there");
    Ok(())
}

/// Where `WebView2` says that it is installed; Windows 11 brings it along.
const WEBVIEW2: [&str; 2] = [
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
    r"HKCU\Software\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}",
];

fn windows() -> Result<(), Stop> {
    if WEBVIEW2.iter().all(|key| process::answer("reg", &["query", key, "/v", "pv"]).is_none()) {
        return Err(by_hand("winget install Microsoft.EdgeWebView2Runtime"));
    }
    println!("==> System packages: WebView2 is there");
    Ok(())
}

fn by_hand(command: &str) -> Stop {
    Stop::new("something that the build needs is missing")
        .help(format!("Get it with: {command}\nThen run this again."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::{BROWSER, BUILD, DISPLAY, ENGINES, ICONS, JOURNEYS};

    #[test]
    fn children_of_debian_are_served_by_apt() {
        assert_eq!(family("NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n"), Some(Family::Debian));
        assert_eq!(family("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Some(Family::Debian));
        assert_eq!(family("ID=pop\nID_LIKE='ubuntu debian'\n"), Some(Family::Debian));
    }

    #[test]
    fn other_systems_are_told_apart() {
        assert_eq!(family("ID=fedora\nVERSION_ID=43\n"), Some(Family::Fedora));
        assert_eq!(family("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), Some(Family::Fedora));
        assert_eq!(family("ID=manjaro\nID_LIKE=arch\n"), Some(Family::Arch));
        assert_eq!(family("ID=nixos\n"), None);
        assert_eq!(family(""), None);
    }

    #[test]
    fn a_removed_package_does_not_pass_for_installed() {
        let there =
            dpkg_installed("xvfb\tinstalled\nskopeo\tconfig-files\nfile\thalf-installed\ndbus\tinstalled\n");
        assert_eq!(there.into_iter().collect::<Vec<_>>(), ["dbus", "xvfb"]);
    }

    #[test]
    fn apt_asks_nothing_and_keeps_that_through_sudo() {
        assert_eq!(
            process::line(&apt_get(false, &["install", "--yes", "xvfb"])),
            "sudo env DEBIAN_FRONTEND=noninteractive apt-get --quiet install --yes xvfb"
        );
        assert_eq!(
            process::line(&apt_get(true, &["update"])),
            "env DEBIAN_FRONTEND=noninteractive apt-get --quiet update"
        );
    }

    #[test]
    fn a_fresh_container_without_package_lists_is_noticed() {
        let directory = std::env::temp_dir().join(format!("slipway-lists-{}", std::process::id()));
        assert!(!lists_there(&directory));
        std::fs::create_dir_all(directory.join("partial")).unwrap();
        assert!(!lists_there(&directory));
        std::fs::write(directory.join("mirror_dists_stable_main_binary-amd64_Packages.lz4"), "").unwrap();
        assert!(lists_there(&directory));
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn every_need_says_why() {
        for need in [BUILD, DISPLAY, BROWSER, JOURNEYS, ENGINES, ICONS].concat() {
            assert!(!need.why.is_empty() && !need.packages(Family::Debian).is_empty(), "{need:?}");
        }
    }
}
