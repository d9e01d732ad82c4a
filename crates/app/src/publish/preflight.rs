//! The pre-flight card: what can be known before a byte is sent, as checks with facts and fixes.

use slipway_distribution::{Access, Registry};
use slipway_hosts::{Checked, Endpoint, Profile};
use slipway_reference::{RepositoryPath, Tag};
use slipway_transfer::{Check, Moves, Options, Parts, Plan, Presence, Role, TagPlan, TagState};

use super::check::{check, not_checked, passed};
use super::form::{finding_view, name};
use super::github::token_check;
use super::place::{self, account_check, needs_account, not_asked, write_check};
use crate::accounts::Record;
use crate::view::{
    AccountView, Bytes, CheckId, CheckName, CheckState, CheckView, Draft, DraftOptions, FailureView, Field,
    FixKind, FixView, LayerPlan, Level, List, PreflightView, PublishButton, Reason, RuleId, Seconds,
};

/// What asking the registry gave.
pub(crate) enum Asked {
    /// Nothing was asked.
    Not(Reason),
    /// It answered, or failed to.
    Answered {
        /// Whether it opened an upload for us.
        write: Result<(), Box<FailureView>>,
        /// What it has; none where it would not say.
        plan: Option<Plan>,
    },
}

/// Asks the registry. `now` is seconds since 1970, for the failures.
pub(crate) async fn ask(
    registry: &Registry,
    path: &RepositoryPath,
    parts: Parts,
    tags: &[Tag],
    now: i64,
) -> Asked {
    let repository = registry.repository(path, Access::PullPush);
    let (write, plan) = tokio::join!(repository.probe_write(), Plan::look(parts, tags, &repository));
    match write {
        Err(error) if error.is_out_of_reach() => Asked::Not(Reason::Offline),
        write => Asked::Answered {
            write: write.map_err(|error| Box::new(FailureView::registry(&error, now))),
            plan: plan.ok(),
        },
    }
}

/// What the card is made from, beside the form.
pub(crate) struct Known<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) checked: &'a Checked,
    pub(crate) account: Option<&'a AccountView>,
    pub(crate) parts: Option<&'a Parts>,
    pub(crate) asked: &'a Asked,
    /// What the account's host said of its token.
    pub(crate) record: Option<&'a Record>,
    /// The rows that GitHub's API answered.
    pub(crate) github: Vec<CheckView>,
    /// Bytes a second that the registry took lately.
    pub(crate) rate: Option<f64>,
    /// How it is sent, with the destination's rule.
    pub(crate) sending: &'a Options,
    /// Layers go up in parts, whatever their size.
    pub(crate) chunks: bool,
    /// The form for the registry that replaced this one.
    pub(crate) newer: Option<&'a Draft>,
}

/// The card of `draft`.
pub(crate) fn view(draft: &Draft, known: &Known<'_>, command: String) -> PreflightView {
    let Known { endpoint, checked, account, parts, asked, record, rate, chunks, newer, .. } = *known;
    let mut checks = Vec::new();
    let mut asked_plan = None;
    for finding in &checked.findings {
        let view = finding_view(draft, finding);
        let state = match view.level {
            Level::Problem => CheckState::Problem,
            Level::Warning => CheckState::Warning,
            Level::Information => continue,
        };
        let field = Some(name(finding.field));
        let fix = view.fixes.into_iter().next();
        let id = CheckId::Rule(RuleId(finding.refusal.rule.clone()));
        checks.push(CheckView { id, state, fix, field });
    }
    match record {
        Some(record) => checks.push(token_check(record, endpoint.profile.is_legacy())),
        None => checks.extend(account_check(endpoint, account)),
    }
    checks.extend(known.github.iter().cloned());
    match asked {
        Asked::Not(reason) => checks.push(not_asked(*reason)),
        Asked::Answered { write, plan } => {
            let write = write.as_ref().map_err(|failure| &**failure);
            checks.push(write_check(&checks, Ok(write.copied()), &draft.owner, endpoint));
            asked_plan = plan.as_ref();
        }
    }

    let local = parts.map(|parts| Plan::local(parts.clone(), &[]));
    let plan = asked_plan.or(local.as_ref());
    let reason = match asked {
        Asked::Not(reason) => *reason,
        Asked::Answered { .. } => Reason::SignedOut,
    };
    match asked_plan {
        Some(plan) => {
            let there = |tag: &TagPlan| matches!(tag.state, TagState::Same | TagState::Moves { .. });
            if plan.tags.iter().any(there) {
                place::there(&mut checks);
            }
            plan.tags.iter().for_each(|tag| checks.push(tag_check(draft, (plan, tag), known.sending)));
        }
        None => {
            for tag in checked.destination.iter().flat_map(|destination| &destination.tags) {
                let (tag, reason) = (tag.to_string(), Some(reason));
                checks.push(not_checked(CheckName::TagUnknown { tag, reason }));
            }
        }
    }
    checks.push(match asked_plan {
        Some(plan) => bytes(plan, rate),
        None => not_checked(CheckName::BytesUnknown { reason }),
    });
    if let Some(plan) = plan {
        rules(&mut checks, draft, endpoint.profile, &plan.parts, newer);
        if let Some(rate) = rate.filter(|_| !chunks) {
            checks.extend(slow(draft, endpoint.profile, plan, rate));
        }
    }
    // Grouped by severity; the fixed order stays inside each group.
    checks.sort_by_key(|check| check.state);
    PreflightView {
        button: button(&checks, asked_plan, account.is_none() && needs_account(endpoint.profile)),
        layers: plan.map(|plan| layers(plan, endpoint.profile)).unwrap_or_default(),
        sizes: plan.map(sizes).unwrap_or_default(),
        bytes_there: plan.map_or(0, Plan::bytes_there),
        bytes_to_send: plan.map_or(0, |plan| plan.bytes_to_send().0),
        exact: plan.is_some_and(|plan| plan.bytes_to_send().1),
        checks,
        command,
    }
}

fn tag_check(draft: &Draft, (plan, version): (&Plan, &TagPlan), sending: &Options) -> CheckView {
    let tag = version.tag.to_string();
    match &version.state {
        TagState::New => passed(CheckName::TagNew { tag }),
        TagState::Same => passed(CheckName::TagSame { tag }),
        TagState::Unknown => not_checked(CheckName::TagUnknown { tag, reason: None }),
        TagState::Moves { from, to } => {
            let from = from.clone();
            let rule = sending.guard_of(&version.tag).map(|guard| guard.to_string());
            let (name, state) = match (rule, plan.moves(version, sending), to.clone()) {
                (Some(rule), Moves::Never, _) => {
                    (CheckName::TagFixed { tag, from, rule }, CheckState::Problem)
                }
                (Some(rule), Moves::Unknown, _) => {
                    (CheckName::TagFixedUnknown { tag, from, rule }, CheckState::Warning)
                }
                (_, _, Some(to)) => (CheckName::TagMoves { tag, from, to }, CheckState::Warning),
                (_, _, None) => (CheckName::TagMovesUnknown { tag, from }, CheckState::Warning),
            };
            let mut check = check(name, state);
            check.field = Some(Field::Version);
            check.fix = leave_it(draft, &version.tag);
            check
        }
    }
}

/// Drops `tag` from the list; the last one cannot be dropped.
fn leave_it(draft: &Draft, tag: &Tag) -> Option<FixView> {
    let mut fixed = draft.clone();
    fixed.versions.retain(|version| version != tag.as_str());
    if fixed.version_text == tag.as_str() {
        fixed.version_text.clear();
    }
    let any = !fixed.versions.is_empty() || !fixed.version_text.is_empty();
    any.then(|| FixView { kind: FixKind::LeaveIt, value: tag.to_string(), draft: fixed })
}

fn bytes(plan: &Plan, rate: Option<f64>) -> CheckView {
    let (send, exact) = plan.bytes_to_send();
    let there =
        plan.parts.layers.iter().filter(|layer| presence(plan, layer.blob) == Some(Presence::There)).count();
    passed(CheckName::Bytes {
        send: Bytes(send),
        reused: Bytes(plan.bytes_there()),
        layers: plan.parts.layers.len(),
        there,
        exact,
        seconds: rate.filter(|_| send > 0).map(|rate| Seconds(seconds(send, rate))),
    })
}

/// Time that `bytes` take at `rate` bytes a second, seconds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn seconds(bytes: u64, rate: f64) -> u64 {
    (bytes as f64 / rate.max(1.0)).ceil() as u64
}

/// Layers that would take longer than the registry allows one request.
fn slow(draft: &Draft, profile: Profile, plan: &Plan, rate: f64) -> Option<CheckView> {
    let most = profile.limits().upload_seconds?;
    let layers = plan.parts.layers.iter().zip(1..);
    let (layer, needed) = layers
        .filter_map(|(layer, number)| {
            let blob = layer.blob.filter(|blob| plan.there[*blob] != Presence::There)?;
            Some((number, seconds(plan.parts.blobs[blob].wire_size(), rate)))
        })
        .max_by_key(|(_, needed)| *needed)
        .filter(|(_, needed)| *needed > most)?;
    let mut check = check(CheckName::LayerSlow { layer, seconds: Seconds(needed) }, CheckState::Warning);
    let options = DraftOptions { way: "chunks".to_owned(), ..draft.options.clone() };
    check.fix = Some(FixView {
        kind: FixKind::SendInParts,
        value: String::new(),
        draft: Draft { options, ..draft.clone() },
    });
    Some(check)
}

/// What zstd would send less, bytes; about.
pub(crate) fn zstd_saves(bytes: u64) -> CheckView {
    passed(CheckName::ZstdSaves { saved: Bytes(bytes) })
}

fn presence(plan: &Plan, blob: Option<usize>) -> Option<Presence> {
    blob.map(|blob| plan.there[blob])
}

/// The registry's rules on the image: limits, foreign layers, platforms.
fn rules(checks: &mut Vec<CheckView>, draft: &Draft, profile: Profile, parts: &Parts, newer: Option<&Draft>) {
    let said = |wanted: fn(&Check) -> bool| parts.checks.iter().any(wanted);
    for found in &parts.checks {
        checks.push(rule(draft, newer, found));
    }
    if !said(|check| matches!(check, Check::LayerLimit { .. } | Check::ImageLarge { .. })) {
        let layers = parts.blobs.iter().filter(|blob| blob.role == Role::Layer);
        let largest = Bytes(layers.map(|blob| blob.size).max().unwrap_or_default());
        checks.push(passed(match profile.limits().layer_bytes {
            Some(max) => CheckName::Limits { largest, max: Bytes(max) },
            None => CheckName::LimitsNone { largest },
        }));
    }
    if !said(|check| matches!(check, Check::LayerForeign { .. } | Check::ForeignKept { .. })) {
        checks.push(passed(CheckName::ForeignNone));
    }
    if !said(|check| matches!(check, Check::MultiPlatform { .. } | Check::Sparse { .. }))
        && !parts.platforms.is_empty()
    {
        checks.push(passed(CheckName::Platforms { platforms: List(parts.platforms.clone()) }));
    }
}

fn rule(draft: &Draft, newer: Option<&Draft>, found: &Check) -> CheckView {
    // The newer registry takes what the older one refuses.
    let switch = newer.map(|newer| FixView {
        kind: FixKind::SwitchRegistry,
        value: newer.registry.clone(),
        draft: newer.clone(),
    });
    let with_switch = |check: CheckView| CheckView { fix: switch.clone(), ..check };
    let problem = |name| check(name, CheckState::Problem);
    let warning = |name| check(name, CheckState::Warning);
    match found {
        &Check::LayerLimit { layer, size, max } => {
            with_switch(problem(CheckName::LayerLimit { layer, size: Bytes(size), max: Bytes(max) }))
        }
        &Check::LayerForeign { layer } => with_switch(problem(CheckName::LayerForeign { layer })),
        &Check::ForeignKept { count } => warning(CheckName::ForeignKept { count }),
        &Check::ReferrersLeft { count } => warning(CheckName::ReferrersLeft { count }),
        &Check::ImageLarge { size } => warning(CheckName::ImageLarge { size: Bytes(size) }),
        Check::MultiPlatform { platforms } => {
            let mut check = problem(CheckName::ImageMulti { platforms: List(platforms.clone()) });
            check.fix = platforms.first().map(|platform| FixView {
                kind: FixKind::OnePlatform,
                value: platform.clone(),
                draft: Draft { platform: platform.clone(), ..draft.clone() },
            });
            check
        }
        Check::Sparse { present, missing } => {
            warning(CheckName::IndexSparse { present: List(present.clone()), missing: List(missing.clone()) })
        }
    }
}

fn sizes(plan: &Plan) -> Vec<u64> {
    let size = |layer: &slipway_transfer::Layer| match layer.blob {
        Some(blob) => plan.parts.blobs[blob].wire_size(),
        None => layer.size,
    };
    plan.parts.layers.iter().map(size).collect()
}

fn layers(plan: &Plan, profile: Profile) -> Vec<LayerPlan> {
    let limit = profile.limits().layer_bytes.unwrap_or(u64::MAX);
    let layers = plan.parts.layers.iter().map(|layer| {
        let Some(blob) = layer.blob else { return LayerPlan::NotInFile };
        let stored = &plan.parts.blobs[blob];
        match plan.there[blob] {
            _ if stored.size > limit && !stored.is_compressed_on_the_way() => LayerPlan::TooLarge,
            Presence::There => LayerPlan::There,
            Presence::Missing => LayerPlan::ToSend,
            Presence::Unknown => LayerPlan::Unknown,
        }
    });
    layers.collect()
}

fn button(checks: &[CheckView], plan: Option<&Plan>, signed_out: bool) -> PublishButton {
    // A field first: that is where a person can go.
    let problems = || checks.iter().filter(|check| check.state == CheckState::Problem);
    if let Some(first) = problems().next() {
        let field = problems().find_map(|check| check.field);
        return PublishButton::FirstProblem { field: field.or(first.field) };
    }
    // It would only be refused.
    if signed_out {
        return PublishButton::SignIn;
    }
    let Some(plan) = plan else { return PublishButton::Publish };
    let same = !plan.tags.is_empty() && plan.tags.iter().all(|tag| tag.state == TagState::Same);
    // Whether what speaks of the image is there too was not asked.
    if same && !plan.parts.has_referrers() {
        return PublishButton::Nothing;
    }
    match plan.bytes_to_send() {
        (0, true) => PublishButton::PublishTags { count: u32::try_from(plan.tags.len()).unwrap_or(u32::MAX) },
        (bytes, exact) => PublishButton::PublishBytes { bytes, exact },
    }
}
