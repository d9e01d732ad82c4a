//! What people choose once.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The settings. None means the usual: what the system says, or what is best.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// `en` or `zh-CN`.
    pub language: Option<String>,
    /// Colour theme.
    pub theme: Theme,
    /// Colours for people who see some alike.
    pub colors: Colors,
    /// Nothing moves, even where the system would let it.
    pub reduce_motion: bool,
    /// Size of everything in the window, percent; 100 is usual.
    #[ts(type = "number")]
    pub zoom: Zoom,
    /// Whether the system tells of jobs that ended while nobody looked.
    pub notifications: Notifications,
    /// What becomes of running jobs when the window is closed.
    pub on_close: OnClose,
    /// How plain layers are compressed: `gzip:5`, `zstd:2`.
    pub compression: Option<String>,
    /// Large layers side by side, at most; from 1 on.
    pub parallel: Option<u32>,
    /// Bytes a second that go up, at most; from 1 on.
    pub limit_rate: Option<u64>,
    /// `put`, `stream` or `chunks`.
    pub way: Option<String>,
    /// `system`, `none`, or the address of a proxy.
    pub proxy: Option<String>,
}

/// Colour theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// High contrast, light or dark as the system says.
    HighContrast,
}

/// Colours for people who see some alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Colors {
    /// The usual ones.
    #[default]
    Usual,
    /// For protanopia and deuteranopia: red and green are told apart.
    RedGreen,
    /// For tritanopia: blue and yellow are told apart.
    BlueYellow,
}

/// Size of everything in the window, percent, from 50 to 300.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32")]
pub struct Zoom(u32);

impl Zoom {
    /// As a factor: 1 is usual.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Default for Zoom {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u32> for Zoom {
    type Error = String;

    fn try_from(percent: u32) -> Result<Self, String> {
        if (50..=300).contains(&percent) {
            Ok(Self(percent))
        } else {
            Err(format!("a zoom of {percent} % is not between 50 and 300"))
        }
    }
}

impl From<Zoom> for u32 {
    fn from(zoom: Zoom) -> Self {
        zoom.0
    }
}

/// Whether the system tells of jobs that ended while nobody looked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Notifications {
    /// It does.
    #[default]
    On,
    /// Never.
    Off,
}

/// What becomes of running jobs when the window is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum OnClose {
    /// The person is asked.
    #[default]
    Ask,
    /// They go on without a window.
    Background,
    /// They are paused, and go on with the next start.
    Pause,
}

/// A rule: which versions of a place never move once they are set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FixedView {
    /// `HOST`, `HOST/OWNER` or `HOST/OWNER/NAME`; the rule of the smallest place counts.
    pub place: String,
    /// Which versions.
    pub which: FixedKind,
    /// Such as `2.*`, where that is which; empty otherwise.
    pub pattern: String,
}

/// Which versions never move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FixedKind {
    /// Whole versions such as 1.2.3.
    Versions,
    /// Those that fit a pattern.
    Pattern,
    /// All.
    All,
    /// None: an exception from a rule for more.
    Nothing,
}

/// The settings as they are, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesView {
    /// They.
    pub settings: SettingsView,
    /// `en` or `zh-CN`: what the window speaks.
    pub language: String,
}
