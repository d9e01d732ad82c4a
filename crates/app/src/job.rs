//! One job's state, made from the transfer's events. Pure: the clock is handed in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use slipway_transfer::{Event, Parts, Phase};

use crate::view::{JobLayer, JobProgress, JobState, LayerState, LogLine};

/// The window over which speed is measured.
const WINDOW: Duration = Duration::from_secs(5);

/// No time left is told before there is that much data.
const SETTLED: Duration = Duration::from_secs(3);

/// Samples of the speed window are at least so far apart.
const SAMPLE: Duration = Duration::from_millis(100);

/// What a plain layer is guessed to weigh after compressing, until some of it is: layers of program files
/// come out between 35 and 45 % of their size.
const GUESSED_RATIO: f64 = 0.4;

/// Shorter waits are over before anybody has read of them.
const WORTH_TELLING_MS: u64 = 1000;

/// Log lines that are kept.
const LOG_LINES: usize = 500;

/// A blob on its way.
#[derive(Debug, Clone)]
struct Blob {
    stored: u64,
    gzip: bool,
    state: LayerState,
    read: u64,
    sent: u64,
    /// Its size in the registry, once known.
    size: Option<u64>,
}

impl Blob {
    /// 0 to 1.
    fn share(&self) -> f64 {
        match self.state {
            LayerState::There | LayerState::Committed => 1.0,
            LayerState::Waiting | LayerState::NotInFile => 0.0,
            _ if self.stored == 0 => 0.0,
            LayerState::Compressing => self.read as f64 / self.stored as f64,
            LayerState::Uploading => self.sent as f64 / self.stored as f64,
        }
    }

    /// Bytes that it takes on the wire, as far as one can tell.
    fn weight(&self) -> u64 {
        if let Some(size) = self.size {
            return size;
        }
        if !self.gzip {
            return self.stored;
        }
        let ratio =
            if self.read > 0 && self.sent > 0 { self.sent as f64 / self.read as f64 } else { GUESSED_RATIO };
        // Never below what went up already.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let guess = (self.stored as f64 * ratio.min(1.1)) as u64;
        guess.max(self.sent)
    }
}

/// A layer as listed: several may be one blob.
#[derive(Debug, Clone)]
struct Listed {
    made_by: Option<String>,
    blob: Option<usize>,
    size: u64,
}

/// The state of a job.
#[derive(Debug)]
pub(crate) struct Live {
    started: Instant,
    state: JobState,
    blobs: Vec<Blob>,
    layers: Vec<Listed>,
    samples: VecDeque<(Instant, u64)>,
    sent: u64,
    /// When something that failed is tried again.
    retry_at: Option<Instant>,
    percent: f64,
    pub(crate) log: Vec<LogLine>,
    dropped_lines: usize,
}

impl Live {
    pub(crate) fn new(parts: &Parts, now: Instant) -> Self {
        let blobs = parts.blobs.iter().map(|blob| Blob {
            stored: blob.size,
            gzip: blob.is_compressed_on_the_way(),
            state: LayerState::Waiting,
            read: 0,
            sent: 0,
            size: None,
        });
        let layers = parts.layers.iter().map(|layer| Listed {
            made_by: layer.made_by.clone(),
            blob: layer.blob,
            size: layer.size,
        });
        Self {
            started: now,
            state: JobState::Queued,
            blobs: blobs.collect(),
            layers: layers.collect(),
            samples: VecDeque::from([(now, 0)]),
            sent: 0,
            retry_at: None,
            percent: 0.0,
            log: Vec::new(),
            dropped_lines: 0,
        }
    }

    pub(crate) fn state(&self) -> JobState {
        self.state
    }

    /// Pause was pressed.
    pub(crate) fn pausing(&mut self, now: Instant) {
        self.state = JobState::Pausing;
        self.say(now, "pausing");
    }

    /// Nothing moves any more.
    pub(crate) fn paused(&mut self, now: Instant) {
        self.state = JobState::Paused;
        self.retry_at = None;
        self.say(now, "paused");
    }

    /// It goes on: what the registry has is found again by asking it.
    pub(crate) fn resuming(&mut self, now: Instant) {
        self.state = JobState::Checking;
        self.say(now, "resuming");
        for blob in &mut self.blobs {
            (blob.read, blob.sent) = (0, 0);
            if !matches!(blob.state, LayerState::Committed | LayerState::There) {
                blob.state = LayerState::Waiting;
            }
        }
        self.samples = VecDeque::from([(now, self.sent)]);
    }

    /// A wait begins that is worth a word.
    fn wait(&mut self, now: Instant, wait_ms: u64) {
        if wait_ms >= WORTH_TELLING_MS {
            self.retry_at = Some(now + Duration::from_millis(wait_ms));
        }
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
        if state == JobState::Done {
            self.percent = 100.0;
        }
        self.say(now, line);
    }

    /// Takes one event; whether views should hear of it at once.
    pub(crate) fn apply(&mut self, event: &Event, now: Instant) -> bool {
        match event {
            Event::Phase(phase) => return self.phase(*phase, now),
            Event::There { blob } => self.set(*blob, LayerState::There),
            Event::Started { blob } => {
                let state =
                    if self.blobs[*blob].gzip { LayerState::Compressing } else { LayerState::Uploading };
                self.set(*blob, state);
            }
            Event::Read { blob, bytes } => self.blobs[*blob].read += bytes,
            Event::Sent { blob, bytes } => {
                self.blobs[*blob].sent += bytes;
                self.sent += bytes;
                self.retry_at = None;
                self.sample(now);
            }
            Event::Interrupted { blob, reason, wait_ms } => {
                let (sent, name) = (self.blobs[*blob].sent, self.name(*blob));
                self.blobs[*blob].read = 0;
                self.blobs[*blob].sent = 0;
                self.wait(now, *wait_ms);
                self.say(
                    now,
                    &format!(
                        "{name} was interrupted after {sent} bytes, trying again in {wait_ms} ms: {reason}"
                    ),
                );
            }
            Event::Continued { blob, offset } => {
                // What the registry has counts as sent, though not by this try.
                self.blobs[*blob].sent = *offset;
                let name = self.name(*blob);
                self.say(now, &format!("{name} goes on after {offset} bytes that the registry has"));
            }
            Event::Linked { blob, from, size } => {
                self.blobs[*blob].size = Some(*size);
                self.set(*blob, LayerState::There);
                self.say(now, &format!("{} was linked from {from}", self.name(*blob)));
            }
            Event::Waiting { reason, wait_ms } => {
                self.wait(now, *wait_ms);
                self.say(now, &format!("trying again in {wait_ms} ms: {reason}"));
            }
            Event::Committed { blob, digest, size } => {
                self.blobs[*blob].size = Some(*size);
                self.set(*blob, LayerState::Committed);
                self.say(now, &format!("{} is there: {digest}, {size} bytes", self.name(*blob)));
            }
            Event::Manifest { digest, tag: Some(tag) } => self.say(now, &format!("{tag} points to {digest}")),
            Event::Manifest { digest, tag: None } => self.say(now, &format!("manifest {digest} is there")),
            Event::Verified { tag } => self.say(now, &format!("{tag} was read back and agrees")),
            Event::Fetching { .. } | Event::Received { .. } => {}
        }
        false
    }

    fn phase(&mut self, phase: Phase, now: Instant) -> bool {
        let (state, line) = match phase {
            Phase::Checking => (JobState::Checking, "asking what the registry has"),
            Phase::Sending => (JobState::Sending, "sending layers"),
            Phase::Committing => (JobState::Committing, "telling the registry"),
            Phase::Verifying => (JobState::Verifying, "asking the registry back"),
        };
        self.say(now, line);
        if !matches!(self.state, JobState::Cancelling | JobState::Pausing | JobState::Paused) {
            self.state = state;
        }
        true
    }

    fn set(&mut self, blob: usize, state: LayerState) {
        self.blobs[blob].state = state;
    }

    /// How the log calls a blob: by the first layer it is.
    fn name(&self, blob: usize) -> String {
        match self.layers.iter().position(|layer| layer.blob == Some(blob)) {
            Some(position) => format!("layer {}", position + 1),
            None => "the config".to_owned(),
        }
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

    fn sample(&mut self, now: Instant) {
        if self.samples.back().is_none_or(|(at, _)| now.duration_since(*at) >= SAMPLE) {
            self.samples.push_back((now, self.sent));
        }
        while self.samples.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.samples.pop_front();
        }
    }

    /// Bytes a second over the window.
    fn speed(&self, now: Instant) -> Option<f64> {
        let (at, sent) = self.samples.front()?;
        let seconds = now.duration_since(*at).as_secs_f64();
        (seconds > 0.2 && self.sent > *sent).then(|| (self.sent - sent) as f64 / seconds)
    }

    /// The numbers as of `now`.
    pub(crate) fn progress(&mut self, now: Instant) -> JobProgress {
        let to_send = || self.blobs.iter().filter(|blob| blob.state != LayerState::There);
        let total = to_send().map(Blob::weight).sum::<u64>();
        let sent = to_send()
            .map(|blob| if blob.state == LayerState::Committed { blob.weight() } else { blob.sent })
            .sum::<u64>();
        let stored = to_send().map(|blob| blob.stored as f64).sum::<f64>();
        let done = to_send().map(|blob| blob.share() * blob.stored as f64).sum::<f64>();
        let percent = match self.state {
            JobState::Queued | JobState::Checking => 0.0,
            JobState::Committing | JobState::Verifying | JobState::Done => 100.0,
            // Full only when the registry has everything: buffers on the way swallow the last megabytes.
            _ if stored > 0.0 => (100.0 * done / stored).min(99.0),
            _ => self.percent,
        };
        // A total that grows holds the bar instead of pulling it back.
        self.percent = self.percent.max(percent.min(100.0));
        let speed = self.speed(now).filter(|_| self.state == JobState::Sending);
        let settled = now.duration_since(self.started) >= SETTLED;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds_left =
            speed.filter(|_| settled).map(|speed| (total.saturating_sub(sent) as f64 / speed).ceil() as u64);
        let listed = |state| {
            let blobs = self.layers.iter().filter_map(|layer| layer.blob);
            blobs.filter(|blob| self.blobs[*blob].state == state).count()
        };
        JobProgress {
            state: self.state,
            total,
            sent: sent.min(total),
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
                .retry_at
                .and_then(|at| at.checked_duration_since(now))
                .map(|left| left.as_secs() + 1),
            layers_done: u32::try_from(listed(LayerState::There) + listed(LayerState::Committed))
                .unwrap_or(u32::MAX),
            layers_total: u32::try_from(self.layers.iter().filter(|layer| layer.blob.is_some()).count())
                .unwrap_or(u32::MAX),
        }
    }

    /// The layers as of now.
    pub(crate) fn layers(&self) -> Vec<JobLayer> {
        let layers = self.layers.iter().zip(1..).map(|(layer, number)| {
            let Some(blob) = layer.blob.map(|blob| &self.blobs[blob]) else {
                let (made_by, size) = (layer.made_by.clone(), layer.size);
                return JobLayer { number, made_by, size, state: LayerState::NotInFile, percent: 0 };
            };
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let percent = (100.0 * blob.share()).clamp(0.0, 100.0) as u32;
            JobLayer {
                number,
                made_by: layer.made_by.clone(),
                size: blob.size.unwrap_or(layer.size),
                state: blob.state,
                percent,
            }
        });
        layers.collect()
    }
}

pub(crate) fn is_final(state: JobState) -> bool {
    matches!(state, JobState::Done | JobState::Failed | JobState::Cancelled)
}
