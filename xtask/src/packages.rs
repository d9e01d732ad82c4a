//! What the operating system has to bring: which packages, and what for.

/// One thing that is needed, and the packages that bring it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// Why, in words for the person who is asked to install it.
    pub(crate) why: &'static str,
    debian: &'static [&'static str],
    /// Names or files: dnf and rpm take both.
    fedora: &'static [&'static str],
    arch: &'static [&'static str],
}

/// Kinds of package names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Debian, Ubuntu and their children.
    Debian,
    /// Fedora and its relatives.
    Fedora,
    /// Arch and its children.
    Arch,
}

impl Need {
    /// The packages' names in this family.
    pub(crate) fn packages(&self, family: Family) -> &'static [&'static str] {
        match family {
            Family::Debian => self.debian,
            Family::Fedora => self.fedora,
            Family::Arch => self.arch,
        }
    }
}

/// To build the programs and open the window.
pub(crate) const BUILD: &[Need] = &[
    Need {
        why: "compile and link",
        debian: &["build-essential", "pkg-config"],
        fedora: &["gcc", "gcc-c++", "make", "pkgconf-pkg-config"],
        arch: &["base-devel"],
    },
    Need {
        why: "the window (WebKitGTK)",
        debian: &["libwebkit2gtk-4.1-dev"],
        fedora: &["webkit2gtk4.1-devel"],
        arch: &["webkit2gtk-4.1"],
    },
    Need {
        why: "open pages in your browser",
        debian: &["xdg-utils"],
        fedora: &["xdg-utils"],
        arch: &["xdg-utils"],
    },
];

/// To drive the real window where nobody sees it.
pub(crate) const DISPLAY: &[Need] = &[
    Need {
        why: "a display that nobody sees",
        debian: &["xvfb"],
        fedora: &["/usr/bin/Xvfb"],
        arch: &["xorg-server-xvfb"],
    },
    Need {
        why: "drive the window's page (WebKitWebDriver)",
        debian: &["webkit2gtk-driver"],
        fedora: &["/usr/bin/WebKitWebDriver"],
        arch: &["webkit2gtk-4.1"],
    },
    Need {
        why: "the same letters in every picture, Chinese and emoji too",
        debian: &["fonts-inter", "fonts-jetbrains-mono", "fonts-noto-cjk", "fonts-noto-color-emoji"],
        fedora: &[
            "rsms-inter-fonts",
            "jetbrains-mono-fonts",
            "google-noto-sans-cjk-fonts",
            "google-noto-color-emoji-fonts",
        ],
        arch: &["inter-font", "ttf-jetbrains-mono", "noto-fonts-cjk", "noto-fonts-emoji"],
    },
];

const REGISTRY: Need = Need {
    why: "a registry that others wrote",
    debian: &["docker-registry"],
    fedora: &["docker-distribution"],
    // Not in Arch's own repositories: whatever needs it says so.
    arch: &[],
};

/// For the page's tests in a browser: what the window's own engine cannot pretend, such as forced colours.
pub(crate) const BROWSER: &[Need] = &[Need {
    why: "the page under colours that a system forces (Chromium)",
    debian: &["chromium"],
    fedora: &["chromium"],
    arch: &["chromium"],
}];

/// For the journeys, besides `DISPLAY`: a person's hands, another registry and another client.
pub(crate) const JOURNEYS: &[Need] = &[
    Need {
        why: "drag files and press keys as a person does",
        debian: &["xdotool", "x11-utils", "python3-gi", "gir1.2-gtk-3.0"],
        fedora: &["xdotool", "/usr/bin/xwininfo", "/usr/bin/xprop", "python3-gobject", "gtk3"],
        arch: &["xdotool", "xorg-xwininfo", "xorg-xprop", "python-gobject", "gtk3"],
    },
    Need {
        why: "a desktop around the window: its manager and its messages",
        debian: &["openbox", "dbus"],
        fedora: &["openbox", "/usr/bin/dbus-daemon"],
        arch: &["openbox", "dbus"],
    },
    Need {
        why: "look at the display",
        debian: &["imagemagick"],
        fedora: &["/usr/bin/import"],
        arch: &["imagemagick"],
    },
    Need {
        why: "a keychain, and a look into it from outside",
        debian: &["gnome-keyring", "libsecret-tools"],
        fedora: &["gnome-keyring", "/usr/bin/secret-tool"],
        arch: &["gnome-keyring", "libsecret"],
    },
    REGISTRY,
    Need { why: "a client that others wrote", debian: &["skopeo"], fedora: &["skopeo"], arch: &["skopeo"] },
];

/// For the journeys that ask real engines. Only root may start them, and installed they may run on their own: nobody
/// else's computer gets them for tests that would be left out there anyway.
pub(crate) const ENGINES: &[Need] = &[Need {
    why: "container engines that others wrote",
    debian: &["docker.io", "podman"],
    fedora: &["moby-engine", "podman"],
    arch: &["docker", "podman"],
}];

/// To time pushes: other clients, another registry, and what this computer can do at most.
pub(crate) const BENCH: &[Need] = &[
    Need {
        why: "other clients",
        debian: &["skopeo", "podman"],
        fedora: &["skopeo", "podman"],
        arch: &["skopeo", "podman"],
    },
    REGISTRY,
    Need {
        why: "bring packages of Python, of which the images are made",
        debian: &["python3", "python3-pip"],
        fedora: &["python3", "python3-pip"],
        arch: &["python", "python-pip"],
    },
    Need {
        why: "measure time and memory, and the ceilings",
        debian: &["time", "openssl", "curl", "pigz"],
        fedora: &["time", "openssl", "curl", "pigz"],
        arch: &["time", "openssl", "curl", "pigz"],
    },
    Need {
        why: "the slow link",
        debian: &["iproute2", "socat", "iputils-ping"],
        fedora: &["iproute", "socat", "iputils"],
        arch: &["iproute2", "socat", "iputils"],
    },
];

/// To draw the icons again.
pub(crate) const ICONS: &[Need] = &[Need {
    why: "draw icons from SVG (rsvg-convert)",
    debian: &["librsvg2-bin"],
    fedora: &["/usr/bin/rsvg-convert"],
    arch: &["librsvg"],
}];
