//! Settings while Slipway runs: each change counts at once and stands in the file.

mod guards;

use std::sync::Arc;
use std::time::Instant;

use slipway_transfer::{Compression, Limit};

use crate::accounts::Accounts;
use crate::registries::{Destinations, Registries};
use crate::settings::{Current, Network, Settings};
use crate::view::{Code, FailureView, PreferencesView, SettingsView};

/// Bytes that are compressed to measure a level.
const SAMPLE: usize = 1 << 20;

/// The settings, as people change them.
pub struct Preferences {
    settings: Arc<Current>,
    registries: Arc<Registries>,
    destinations: Arc<Destinations>,
    accounts: Arc<Accounts>,
    /// How fast all jobs may be together.
    limit: Limit,
}

impl Preferences {
    pub(crate) fn new(
        settings: Arc<Current>,
        registries: Arc<Registries>,
        destinations: Arc<Destinations>,
        accounts: Arc<Accounts>,
        limit: Limit,
    ) -> Self {
        Self { settings, registries, destinations, accounts, limit }
    }

    /// What people chose.
    pub fn settings(&self) -> Settings {
        self.settings.get()
    }

    /// Changes the settings to `view`, now and in the file. Where the file cannot be written nothing changes.
    ///
    /// # Errors
    /// Where the file cannot be written, or the person does not confirm a proxy for tokens that are there.
    pub async fn change(&self, view: &SettingsView) -> Result<PreferencesView, FailureView> {
        let deciding = self.destinations.decide().await;
        // One that is no proxy is refused where it is written.
        if let Ok(proxy) = view.proxy.as_deref().map(str::parse).transpose() {
            let after = Settings { network: Network { proxy }, ..self.settings.get() };
            let accounts = self.accounts.holders();
            deciding.confirm_change(&accounts, &self.registries.hosts(), &after).await?;
        }
        let mut settings = self.settings.lock();
        let changed = Settings::write(self.settings.home(), view)
            .map_err(|error| FailureView::new(Code::SettingsFailed, error.to_string()))?;
        if changed.network != settings.network {
            self.registries.use_proxies(&changed);
        }
        // What is under way keeps to it, too.
        self.limit.set(changed.transfer().rate);
        *settings = changed;
        let settings = settings.view();
        Ok(PreferencesView { language: self.settings.language(&settings), settings })
    }

    /// What each level of gzip, from 1 to 9, compresses on this computer, bytes a second on all cores: measured on a
    /// part of this program, which is what layers mostly hold.
    pub fn compression_speeds(&self) -> Result<Vec<f64>, FailureView> {
        let internal = |error: &dyn std::fmt::Display| FailureView::new(Code::Internal, error.to_string());
        let program = std::env::current_exe().and_then(std::fs::File::open);
        let mut sample = Vec::new();
        program
            .and_then(|file| {
                std::io::Read::read_to_end(&mut std::io::Read::take(file, SAMPLE as u64), &mut sample)
            })
            .map_err(|error| internal(&error))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let speed = |level: u8| {
            let method = format!("gzip:{level}").parse::<Compression>().map_err(|error| internal(&error))?;
            let began = Instant::now();
            slipway_transfer::compress_block(method, &sample);
            Ok((sample.len() * cores) as f64 / began.elapsed().as_secs_f64())
        };
        (1..=9).map(speed).collect()
    }
}
