//! The figures as a table, in Markdown.

use std::fmt;

use crate::measure::{Sample, median};
use crate::pushers::Pusher;

/// What a scenario gave.
pub(crate) struct Table {
    name: String,
    title: String,
    pushers: Vec<Pusher>,
    /// For each round, one sample a pusher.
    rounds: Vec<Vec<Sample>>,
    /// For each round, bytes a second of a plain upload through the same link.
    plain: Vec<f64>,
    /// Instead of all that.
    text: Option<String>,
}

impl Table {
    pub(crate) fn new(name: &str, title: &str, pushers: &[Pusher]) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            pushers: pushers.to_vec(),
            rounds: Vec::new(),
            plain: Vec::new(),
            text: None,
        }
    }

    /// Of figures that nobody competes in.
    pub(crate) fn of_text(name: &str, title: &str, text: String) -> Self {
        Self { text: Some(text), ..Self::new(name, title, &[]) }
    }

    /// Adds a round.
    pub(crate) fn round(&mut self, samples: Vec<Sample>, plain: Option<f64>) {
        self.rounds.push(samples);
        self.plain.extend(plain);
    }

    fn median(&self, pusher: usize, of: impl Fn(&Sample) -> f64) -> f64 {
        median(self.rounds.iter().map(|round| of(&round[pusher])))
    }

    /// In each round, the time of this one by that of the fastest rival; the middle of them.
    fn ratio(&self, pusher: usize) -> Option<f64> {
        let rivals: Vec<usize> = (0..self.pushers.len()).filter(|at| self.pushers[*at].is_rival()).collect();
        let ratios = self.rounds.iter().filter_map(|round| {
            let best = rivals.iter().map(|at| round[*at].wall).min_by(f64::total_cmp)?;
            Some(round[pusher].wall / best)
        });
        let ratios: Vec<f64> = ratios.collect();
        (self.pushers[pusher].is_ours() && !ratios.is_empty()).then(|| median(ratios))
    }

    /// A figure of one program, in each round by the least of these rivals, or as it is without any; the middle of the
    /// rounds. None where one of them was not measured.
    pub(crate) fn compared(
        &self,
        pusher: Pusher,
        rivals: &[Pusher],
        of: impl Fn(&Sample) -> f64,
    ) -> Option<f64> {
        let place = |wanted: &Pusher| self.pushers.iter().position(|pusher| pusher == wanted);
        let (ours, rivals) = (place(&pusher)?, rivals.iter().map(place).collect::<Option<Vec<_>>>()?);
        let figures = self.rounds.iter().map(|round| {
            let least = rivals.iter().map(|at| of(&round[*at])).min_by(f64::total_cmp);
            of(&round[ours]) / least.unwrap_or(1.0)
        });
        (!self.rounds.is_empty()).then(|| median(figures))
    }

    /// In each round, the time by what a plain upload would take for as many bytes; the middle of them.
    fn by_line(&self, pusher: usize) -> Option<f64> {
        let pairs = self.rounds.iter().zip(&self.plain);
        let ratios = pairs.map(|(round, rate)| round[pusher].wall / (round[pusher].stored as f64 / rate));
        (!self.plain.is_empty()).then(|| median(ratios))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}: {}\n", self.name, self.title)?;
        if let Some(text) = &self.text {
            return writeln!(f, "{text}");
        }
        writeln!(f, "{} rounds; medians, and the least and most of the times.\n", self.rounds.len())?;
        let line = if self.plain.is_empty() { ("", "") } else { (" by the line |", "---|") };
        writeln!(
            f,
            "| | time, s | processor, s | memory, MB | stored, MB | requests | by the best rival |{}",
            line.0
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|{}", line.1)?;
        for (at, pusher) in self.pushers.iter().enumerate() {
            let walls = || self.rounds.iter().map(|round| round[at].wall);
            let (least, most) = (walls().fold(f64::MAX, f64::min), walls().fold(0.0, f64::max));
            let ratio = self.ratio(at).map_or_else(String::new, |ratio| format!("{ratio:.2}"));
            let by_line = self.by_line(at).map_or_else(String::new, |ratio| format!(" {ratio:.3} |"));
            writeln!(
                f,
                "| {} | {:.3} ({least:.3}–{most:.3}) | {:.2} | {:.0} | {:.2} | {:.0} | {ratio} |{by_line}",
                pusher.name(),
                self.median(at, |sample| sample.wall),
                self.median(at, |sample| sample.cpu),
                self.median(at, |sample| sample.memory),
                self.median(at, |sample| sample.stored as f64 / 1e6),
                self.median(at, |sample| sample.requests as f64),
            )?;
        }
        write!(f, "\n{}", crate::rivals::claims(&self.name, self))
    }
}
