//! One job's state, made from the transfer's events. Pure: the clock is handed in.

mod blob;
mod rate;
#[cfg(test)]
pub(crate) mod tests;

use std::time::{Duration, Instant};

use slipway_transfer::{Cause, Event, Phase, WantedBlob};

use super::work::{Items, Listed};
use crate::view::{
    ChosenView, JobLayer, JobProgress, JobState, LayerState, LogLine, StartsOver, WaitingFor, is_final,
};
use blob::Blob;
use rate::Rate;

/// No time left is told before there is that much data.
const SETTLED: Duration = Duration::from_secs(3);

/// Shorter waits are over before anybody has read of them.
const WORTH_TELLING_MS: u64 = 1000;

/// A rate is worth remembering when so many bytes went up.
const WORTH_MEASURING: u64 = 4_000_000;

/// What compressing made of so many bytes says something of the rest.
const TELLING: u64 = 1_000_000;

/// Log lines that are kept.
const LOG_LINES: usize = 500;

/// Something is waited for.
#[derive(Debug, Clone, Copy)]
struct Wait {
    cause: WaitingFor,
    since: Instant,
    /// When it is tried again.
    until: Instant,
}

/// The state of a job.
#[derive(Debug)]
pub(crate) struct Live {
    started: Instant,
    /// The same, seconds since 1970.
    started_at: i64,
    state: JobState,
    blobs: Vec<Blob>,
    layers: Vec<Listed>,
    rate: Rate,
    sent: u64,
    wait: Option<Wait>,
    /// The blob that starts over, and bytes that go up again.
    starts_over: Option<(usize, u64)>,
    /// They come from the registry into a file.
    fetches: bool,
    /// When layers began to go up.
    sending_since: Option<Instant>,
    percent: f64,
    /// What the registry warned of, each text once.
    pub(crate) warnings: Vec<String>,
    /// What is fetched of each image.
    pub(crate) chosen: Vec<ChosenView>,
    pub(crate) log: Vec<LogLine>,
    dropped_lines: usize,
}

impl Live {
    /// A job that begins `now`, which is `started_at` in seconds since 1970.
    pub(crate) fn new(items: &Items, now: Instant, started_at: i64) -> Self {
        Self {
            started: now,
            started_at,
            state: JobState::Queued,
            blobs: items.blobs.iter().map(Blob::new).collect(),
            layers: items.layers.clone(),
            rate: Rate::new(now),
            sent: 0,
            wait: None,
            starts_over: None,
            fetches: false,
            sending_since: None,
            percent: 0.0,
            warnings: Vec::new(),
            chosen: Vec::new(),
            log: Vec::new(),
            dropped_lines: 0,
        }
    }

    pub(crate) fn state(&self) -> JobState {
        self.state
    }

    /// An engine builds from now on.
    pub(crate) fn building(&mut self, now: Instant) {
        if self.state == JobState::Queued {
            self.state = JobState::Building;
            self.say(now, "building");
        }
    }

    /// Pause was pressed.
    pub(crate) fn pausing(&mut self, now: Instant) {
        self.state = JobState::Pausing;
        self.say(now, "pausing");
    }

    /// Nothing moves any more.
    pub(crate) fn paused(&mut self, now: Instant) {
        self.state = JobState::Paused;
        (self.wait, self.starts_over) = (None, None);
        self.keep_what_is_certain();
        self.say(now, "paused");
    }

    /// It goes on: what the registry has is found again by asking it.
    pub(crate) fn resuming(&mut self, now: Instant) {
        self.state = JobState::Checking;
        self.say(now, "resuming");
        for blob in self.blobs.iter_mut().filter(|blob| !blob.is_over()) {
            blob.hold();
            blob.state = LayerState::Waiting;
        }
        self.rate = Rate::new(now);
    }

    /// Nothing is on its way any more: what the registry did not confirm may be gone.
    fn keep_what_is_certain(&mut self) {
        let sent = |live: &Self| live.blobs.iter().map(Blob::sent).sum::<u64>();
        let before = sent(self);
        self.blobs.iter_mut().filter(|blob| !blob.is_over()).for_each(Blob::keep_what_is_certain);
        if sent(self) < before {
            self.percent = 0.0;
        }
    }

    /// A wait begins, or goes on; whether it is worth a word.
    fn wait(&mut self, now: Instant, cause: Cause, wait_ms: u64) -> bool {
        if wait_ms < WORTH_TELLING_MS {
            return false;
        }
        let cause = match cause {
            Cause::Network => WaitingFor::Network,
            Cause::SlowDown => WaitingFor::SlowDown,
            Cause::Fault => WaitingFor::Fault,
        };
        let since = self.wait.filter(|wait| wait.cause == cause).map_or(now, |wait| wait.since);
        self.wait = Some(Wait { cause, since, until: now + Duration::from_millis(wait_ms) });
        true
    }

    /// Cancel was pressed: nothing but the end changes the state from here on.
    pub(crate) fn cancelling(&mut self, now: Instant) {
        if !is_final(self.state) {
            self.state = JobState::Cancelling;
            self.say(now, "cancelling");
        }
    }

    /// The job is over.
    pub(crate) fn end(&mut self, state: JobState, now: Instant, line: &str) {
        self.state = state;
        (self.wait, self.starts_over) = (None, None);
        match state {
            JobState::Done => self.percent = 100.0,
            // Only what is there as a whole stays.
            JobState::Cancelled => {
                // The file is gone, and all that was in it.
                if self.fetches {
                    self.blobs
                        .iter_mut()
                        .for_each(|blob| (blob.state, blob.size) = (LayerState::Waiting, None));
                }
                self.blobs.iter_mut().filter(|blob| !blob.is_over()).for_each(Blob::drop_all);
                self.percent = 0.0;
            }
            _ => {}
        }
        self.say(now, line);
    }

    /// Takes one event; whether views should hear of it at once.
    pub(crate) fn apply(&mut self, event: &Event, now: Instant) -> bool {
        match event {
            Event::Phase(phase) => return self.phase(*phase, now),
            Event::There { blob } => self.found(*blob, None),
            Event::Started { blob } => {
                let state =
                    if self.blobs[*blob].gzip { LayerState::Compressing } else { LayerState::Uploading };
                self.set(*blob, state);
            }
            Event::Encoded { blob, bytes, made } => {
                self.blobs[*blob].read += bytes;
                self.blobs[*blob].made += made;
            }
            Event::Sent { blob, bytes } | Event::Received { blob, bytes } => {
                let again = std::mem::take(&mut self.blobs[*blob].held_sent);
                // It goes up from its beginning: nothing was said of bytes that the registry has.
                if again > 0 {
                    self.starts_over = Some((*blob, again));
                    self.blobs[*blob].confirmed = 0;
                    self.percent = 0.0;
                }
                self.blobs[*blob].sent += bytes;
                self.sent += bytes;
                if matches!(event, Event::Received { .. }) {
                    // It is on its way into the file, where a pause lets it come.
                    self.blobs[*blob].confirmed = self.blobs[*blob].sent;
                }
                self.wait = None;
                self.rate.sent(*bytes, now);
            }
            Event::Interrupted { blob, cause, reason, wait_ms } => {
                let (sent, name) = (self.blobs[*blob].sent, self.name(*blob));
                self.blobs[*blob].hold();
                let urgent = self.wait(now, *cause, *wait_ms);
                self.say(
                    now,
                    &format!(
                        "{name} was interrupted after {sent} bytes, trying again in {wait_ms} ms: {reason}"
                    ),
                );
                return urgent;
            }
            Event::Continued { blob, offset } => {
                // What the registry has counts as sent, though not by this try.
                self.blobs[*blob].goes_on_from(*offset);
                let name = self.name(*blob);
                self.say(now, &format!("{name} goes on after {offset} bytes that the registry has"));
            }
            Event::Confirmed { blob, bytes } => self.blobs[*blob].confirmed = *bytes,
            Event::Linked { blob, from, size } => {
                self.found(*blob, Some(*size));
                self.say(now, &format!("{} was linked from {from}", self.name(*blob)));
            }
            Event::Waiting { cause, reason, wait_ms } => {
                let urgent = self.wait(now, *cause, *wait_ms);
                self.say(now, &format!("trying again in {wait_ms} ms: {reason}"));
                return urgent;
            }
            // A push that was paused goes on as another one, which hears of it again.
            Event::Warned { text } if !self.warnings.contains(text) => self.warnings.push(text.clone()),
            Event::Committed { blob, digest, size } => {
                self.blobs[*blob].size = Some(*size);
                self.blobs[*blob].digest = Some(digest.clone());
                self.starts_over = self.starts_over.filter(|(of, _)| of != blob);
                self.set(*blob, LayerState::Committed);
                self.say(now, &format!("{} is there: {digest}, {size} bytes", self.name(*blob)));
            }
            Event::Manifest { digest, tag: Some(tag) } => self.say(now, &format!("{tag} points to {digest}")),
            Event::Manifest { digest, tag: None } => self.say(now, &format!("manifest {digest} is there")),
            Event::Verified { tag } => self.say(now, &format!("{tag} was read back and agrees")),
            Event::Chosen { reference, digest, stored_digest, made, zstd } => {
                let reference = reference.to_string();
                if *made {
                    let said =
                        format!("{reference} is {stored_digest}; with these platforms alone it is {digest}");
                    self.say(now, &said);
                }
                // One that goes on after a pause chooses again.
                self.chosen.retain(|known| known.reference != reference);
                let digest = digest.to_string();
                self.chosen.push(ChosenView { reference, digest, made: *made, zstd: *zstd });
                return true;
            }
            Event::Wanted { blobs, here } => self.wants(blobs, *here),
            Event::Fetching { blob, digest, .. } => {
                self.blobs[*blob].digest = Some(digest.clone());
                self.set(*blob, LayerState::Uploading);
            }
            Event::Found { blob, bytes } => {
                // Less than was thought to be there pulls the bar back.
                if *bytes < self.blobs[*blob].sent() {
                    self.percent = 0.0;
                }
                self.blobs[*blob].goes_on_from(*bytes);
            }
            Event::Fetched { blob } => {
                self.starts_over = self.starts_over.filter(|(of, _)| of != blob);
                self.blobs[*blob].size = Some(self.blobs[*blob].stored);
                self.set(*blob, LayerState::Committed);
                self.say(now, &format!("{} is there", self.name(*blob)));
            }
            Event::Warned { .. } | Event::Unfinished { .. } => {}
        }
        false
    }

    /// What a pull or a copy moves; one that goes on after a pause fetches the same, unless a version moved meanwhile. What is
    /// there of it is told again.
    fn wants(&mut self, blobs: &[WantedBlob], here: bool) {
        self.fetches = here;
        if self.blobs.iter().map(|blob| blob.stored).eq(blobs.iter().map(|blob| blob.size)) {
            for blob in self.blobs.iter_mut().filter(|blob| blob.is_over()) {
                blob.hold();
                (blob.state, blob.size) = (LayerState::Waiting, None);
            }
            return;
        }
        let items = Items::from(blobs);
        self.blobs = items.blobs.iter().map(Blob::new).collect();
        (self.layers, self.percent) = (items.layers, 0.0);
    }

    fn phase(&mut self, phase: Phase, now: Instant) -> bool {
        let (state, line) = match phase {
            Phase::Checking => (JobState::Checking, "asking what the registry has"),
            Phase::Sending if self.fetches => (JobState::Sending, "fetching layers"),
            Phase::Sending => (JobState::Sending, "sending layers"),
            Phase::Committing if self.fetches => (JobState::Committing, "giving the file its name"),
            Phase::Committing => (JobState::Committing, "telling the registry"),
            Phase::Loading => (JobState::Committing, "giving it to the engine"),
            Phase::Verifying if self.fetches => (JobState::Verifying, "asking the engine back"),
            Phase::Verifying => (JobState::Verifying, "asking the registry back"),
        };
        self.say(now, line);
        // What was asked for came.
        self.wait = None;
        if phase == Phase::Sending {
            self.sending_since = Some(now);
        }
        if !matches!(self.state, JobState::Cancelling | JobState::Pausing | JobState::Paused) {
            self.state = state;
        }
        true
    }

    /// The registry has a blob, `size` bytes where it says so.
    fn found(&mut self, blob: usize, size: Option<u64>) {
        let it = &mut self.blobs[blob];
        // What this job sent before a pause is asked for again, and stays what it sent.
        let was_sent = it.state == LayerState::Committed || (!it.gzip && it.held_sent >= it.stored.max(1));
        if was_sent {
            it.size = it.size.or(Some(it.stored));
            it.goes_on_from(it.stored);
            it.state = LayerState::Committed;
            return;
        }
        // Bytes of it that went up were of no use: they are no part of the total any more.
        if it.sent() > 0 {
            it.goes_on_from(0);
            self.percent = 0.0;
        }
        it.size = size.or(it.size);
        it.state = LayerState::There;
    }

    fn set(&mut self, blob: usize, state: LayerState) {
        self.blobs[blob].state = state;
    }

    /// The first layer that `blob` is, from 1; none for the config.
    fn layer(&self, blob: usize) -> Option<u32> {
        let position = self.layers.iter().position(|layer| layer.blob == Some(blob))?;
        u32::try_from(position + 1).ok()
    }

    /// The layer that went up as `digest`, from 1.
    pub(crate) fn layer_of(&self, digest: &str) -> Option<u32> {
        let is_it = |blob: &Blob| blob.digest.as_ref().is_some_and(|known| known.to_string() == digest);
        self.layer(self.blobs.iter().position(is_it)?)
    }

    /// How the log calls a blob: by the first layer it is.
    fn name(&self, blob: usize) -> String {
        self.layer(blob).map_or_else(|| "the config".to_owned(), |layer| format!("layer {layer}"))
    }

    fn say(&mut self, now: Instant, text: &str) {
        if self.log.len() == LOG_LINES {
            self.log.remove(0);
            self.dropped_lines += 1;
        }
        let at_ms = u64::try_from(now.duration_since(self.started).as_millis()).unwrap_or(u64::MAX);
        self.log.push(LogLine { at_ms, text: text.to_owned() });
    }

    /// Lines that were logged after the first `seen` ones, and how many there are now.
    pub(crate) fn log_since(&self, seen: usize) -> (Vec<LogLine>, usize) {
        let from = seen.saturating_sub(self.dropped_lines).min(self.log.len());
        (self.log[from..].to_vec(), self.dropped_lines + self.log.len())
    }

    /// Bytes a second while layers went up until `now`; none where that is too little to go by.
    pub(crate) fn rate(&self, now: Instant) -> Option<f64> {
        let seconds = now.duration_since(self.sending_since?).as_secs_f64();
        (self.sent >= WORTH_MEASURING && seconds > 0.0).then(|| self.sent as f64 / seconds)
    }

    /// What compressing made of the layers that are done with, as a part of their size.
    fn measured(&self) -> Option<f64> {
        let done = self.blobs.iter().filter(|blob| blob.gzip && blob.state == LayerState::Committed);
        let (stored, made) =
            done.fold((0, 0), |(stored, made), blob| (stored + blob.stored, made + blob.sent()));
        (stored >= TELLING).then(|| made as f64 / stored as f64)
    }

    /// The numbers as of `now`. All are bytes on the wire, so that the share, the bytes and the layers agree.
    pub(crate) fn progress(&mut self, now: Instant) -> JobProgress {
        let measured = self.measured();
        let to_send = || self.blobs.iter().filter(|blob| blob.state != LayerState::There);
        let sent = to_send().map(Blob::sent).sum::<u64>();
        let expected = to_send().map(|blob| blob.weight(measured)).sum::<u64>().max(sent);
        let percent = match self.state {
            JobState::Queued | JobState::Checking => 0.0,
            JobState::Committing | JobState::Verifying | JobState::Done => 100.0,
            // Full only when the registry has everything: buffers on the way swallow the last megabytes.
            _ if expected > 0 => (100.0 * sent as f64 / expected as f64).min(99.0),
            _ => self.percent,
        };
        // A total that grows holds the bar instead of pulling it back; bytes that are lost do pull it.
        self.percent = self.percent.max(percent);
        // What is shown of the total grows with the bytes until the bar moves again.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let total = match self.state {
            JobState::Queued | JobState::Checking => expected,
            _ if self.percent > percent && sent > 0 => (sent as f64 * 100.0 / self.percent) as u64,
            _ => expected,
        };
        let moves = self.state == JobState::Sending;
        let speed = self.rate.speed(now).filter(|_| moves);
        let seconds_left = self.rate.seconds(expected - sent, now).filter(|_| moves && speed.is_some());
        let listed = |state| {
            let blobs = self.layers.iter().filter_map(|layer| layer.blob);
            blobs.filter(|blob| self.blobs[*blob].state == state).count()
        };
        JobProgress {
            state: self.state,
            total: total.max(sent),
            sent,
            kept: to_send().map(Blob::kept).sum(),
            reused: self
                .blobs
                .iter()
                .filter(|blob| blob.state == LayerState::There)
                .map(|blob| blob.size.unwrap_or(blob.stored))
                .sum(),
            exact: to_send().all(|blob| !blob.gzip || blob.size.is_some()),
            percent: self.percent,
            speed,
            seconds_left,
            retry_seconds: self
                .wait
                .and_then(|wait| wait.until.checked_duration_since(now))
                .map(|left| left.as_secs() + 1),
            waiting_for: self.wait.map(|wait| wait.cause),
            waiting_since: self.wait.map(|wait| {
                let after = wait.since.duration_since(self.started).as_secs();
                self.started_at.saturating_add_unsigned(after)
            }),
            starts_over: self
                .starts_over
                .and_then(|(blob, bytes)| Some(StartsOver { layer: self.layer(blob)?, bytes })),
            layers_done: u32::try_from(listed(LayerState::There) + listed(LayerState::Committed))
                .unwrap_or(u32::MAX),
            layers_total: u32::try_from(self.layers.iter().filter(|layer| layer.blob.is_some()).count())
                .unwrap_or(u32::MAX),
        }
    }

    /// The layers as of now.
    pub(crate) fn layers(&self) -> Vec<JobLayer> {
        let at_rest = matches!(self.state, JobState::Paused | JobState::Cancelled);
        let measured = self.measured();
        let layers = self.layers.iter().zip(1..).map(|(layer, number)| {
            let Some(blob) = layer.blob.map(|blob| &self.blobs[blob]) else {
                let (made_by, size) = (layer.made_by.clone(), layer.size);
                return JobLayer {
                    number,
                    made_by,
                    size,
                    exact: true,
                    state: LayerState::NotInFile,
                    percent: 0,
                };
            };
            let state = match blob.state {
                LayerState::Compressing | LayerState::Uploading if at_rest => LayerState::Waiting,
                // What is compressed is on its way.
                LayerState::Compressing if blob.is_encoded() => LayerState::Uploading,
                state => state,
            };
            let size = blob.weight(measured);
            // Full only when the registry has it.
            let most = if blob.is_over() { 100.0 } else { 99.0 };
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let percent = (100.0 * blob.share(size)).clamp(0.0, most) as u32;
            let exact = !blob.gzip || blob.size.is_some();
            JobLayer { number, made_by: layer.made_by.clone(), size, exact, state, percent }
        });
        layers.collect()
    }
}
