//! The publish form: what the local rules say of a draft, field by field.

use slipway_hosts::{Checked, Endpoint, FieldName, Fields, Finding, Hints, NameForm, Profile};

use crate::view::{
    Draft, Field, FieldView, FindingId, FindingView, FixKind, FixView, FormView, Level, PartName,
    ReferencePart, ReferenceView, RuleId,
};

/// The fields of a draft, as typed.
pub(crate) fn fields(draft: &Draft) -> Fields {
    Fields {
        owner: draft.owner.clone(),
        repository: draft.repository.clone(),
        image_name: draft.image_name.clone(),
        versions: draft.versions.clone(),
        version_text: draft.version_text.clone(),
    }
}

/// `draft` with other fields.
pub(crate) fn with_fields(draft: &Draft, fields: Fields) -> Draft {
    Draft {
        owner: fields.owner,
        repository: fields.repository,
        image_name: fields.image_name,
        versions: fields.versions,
        version_text: fields.version_text,
        ..draft.clone()
    }
}

/// What the rules say of `draft`.
pub(crate) fn check(endpoint: &Endpoint, draft: &Draft, hints: &Hints) -> (FormView, Checked) {
    let mut typed = fields(draft);
    let shows_repository = endpoint.profile != Profile::Generic;
    if !shows_repository {
        typed.repository.clear();
    }
    let checked = slipway_hosts::check(endpoint, &typed, hints);
    let shown =
        checked.field_order.iter().filter(|field| shows_repository || **field != FieldName::Repository);
    let bad_label = labels(&draft.options.labels).err();
    let view = FormView {
        fields: shown.map(|field| field_view(endpoint, draft, *field, &checked.findings)).collect(),
        reference: reference(endpoint, &checked, draft),
        valid: checked.destination.is_some() && bad_label.is_none(),
        bad_label,
    };
    (view, checked)
}

/// Labels, one `KEY=VALUE` a line; the line that is none, where there is one.
pub(crate) fn labels(text: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let label = |line: &str| {
        let (key, value) = line.split_once('=').filter(|(key, _)| !key.trim().is_empty())?;
        Some((key.trim().to_owned(), value.trim().to_owned()))
    };
    lines.map(|line| label(line).ok_or_else(|| line.to_owned())).collect()
}

/// The registry has the repository in its paths.
fn has_repository(endpoint: &Endpoint) -> bool {
    endpoint.profile.form() == NameForm::OwnerRepositoryName
}

fn field_view(endpoint: &Endpoint, draft: &Draft, field: FieldName, findings: &[Finding]) -> FieldView {
    let mine = || findings.iter().filter(|finding| finding.field == field);
    let filled = match field {
        FieldName::Owner => !draft.owner.is_empty(),
        FieldName::Repository => !draft.repository.is_empty(),
        FieldName::ImageName => !draft.image_name.is_empty(),
        FieldName::Version => !draft.versions.is_empty() || !draft.version_text.is_empty(),
    };
    let versions = if field == FieldName::Version { draft.versions.len() } else { 0 };
    let worst = |index| {
        let levels = mine().filter(|finding| finding.version == Some(index));
        levels.map(|finding| level(finding.refusal.rule.level())).max()
    };
    FieldView {
        field: name(field),
        optional: field == FieldName::Repository && !has_repository(endpoint),
        ok: filled
            && mine().all(|finding| finding.refusal.rule.level() == slipway_reference::Level::Information),
        findings: mine().map(|finding| finding_view(draft, finding)).collect(),
        versions: (0..versions).map(worst).collect(),
    }
}

/// One finding, with the form as it is after its fix.
pub(crate) fn finding_view(draft: &Draft, finding: &Finding) -> FindingView {
    let fix = |fix: &slipway_hosts::Fix| {
        let fixed = with_fields(draft, fix.fields.clone());
        let (kind, fixed) = match fix.kind {
            slipway_hosts::FixKind::Use => (FixKind::Use, keep_repository(draft, fixed)),
            slipway_hosts::FixKind::UseOwner => (FixKind::UseOwner, keep_repository(draft, fixed)),
            slipway_hosts::FixKind::FillAll => (FixKind::FillAll, keep_repository(draft, fixed)),
            slipway_hosts::FixKind::Shorten => (FixKind::Shorten, keep_repository(draft, fixed)),
            slipway_hosts::FixKind::DontLink => (FixKind::DontLink, fixed),
        };
        FixView { kind, value: fix.value.clone(), draft: fixed }
    };
    FindingView {
        id: FindingId::Rule(RuleId(finding.refusal.rule.clone())),
        level: level(finding.refusal.rule.level()),
        fixes: finding.fixes.iter().map(fix).collect(),
        message: finding.refusal.to_string(),
    }
}

/// A repository that is not asked for here stays as it was typed.
fn keep_repository(draft: &Draft, fixed: Draft) -> Draft {
    if fixed.repository.is_empty() { Draft { repository: draft.repository.clone(), ..fixed } } else { fixed }
}

pub(crate) fn name(field: FieldName) -> Field {
    match field {
        FieldName::Owner => Field::Owner,
        FieldName::Repository => Field::Repository,
        FieldName::ImageName => Field::ImageName,
        FieldName::Version => Field::Version,
    }
}

fn level(level: slipway_reference::Level) -> Level {
    match level {
        slipway_reference::Level::Information => Level::Information,
        slipway_reference::Level::Warning => Level::Warning,
        slipway_reference::Level::Problem => Level::Problem,
    }
}

/// The live reference. Missing parts stay in `parts` with empty text and are left out of the whole.
fn reference(endpoint: &Endpoint, checked: &Checked, draft: &Draft) -> ReferenceView {
    let mut parts: Vec<ReferencePart> = Vec::new();
    for part in &checked.parts {
        let name = match part.name {
            slipway_hosts::PartName::Registry => PartName::Registry,
            slipway_hosts::PartName::Owner => PartName::Owner,
            slipway_hosts::PartName::Repository => PartName::Repository,
            slipway_hosts::PartName::ImageName => PartName::ImageName,
            slipway_hosts::PartName::Version => PartName::Version,
        };
        let before = match name {
            PartName::Registry => "",
            PartName::Version => ":",
            _ => "/",
        };
        parts.push(ReferencePart {
            part: name,
            before: before.to_owned(),
            text: part.text.clone(),
            problem: part.problem,
        });
    }
    let filled = parts.iter().filter(|part| part.part != PartName::Registry && !part.text.is_empty());
    let rest: String = filled.map(|part| format!("{}{}", part.before, part.text)).collect();
    let all = draft.versions.iter().chain(Some(&draft.version_text).filter(|text| !text.is_empty()));
    // What is typed may be one of the list on its way to another.
    let mut named: Vec<String> = Vec::new();
    for version in all {
        if !named.contains(version) {
            named.push(version.clone());
        }
    }
    ReferenceView {
        parts,
        full: format!("{}{rest}", endpoint.name),
        shown: format!("{}{rest}", endpoint.shown()),
        more_versions: named.into_iter().skip(1).collect(),
    }
}
