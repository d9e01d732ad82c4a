//! The publish form's rules: what each field may hold at a registry, and the one-click fixes.

use slipway_reference::{
    HostName, ImageName, Level, Owner, Reference, Refusal, Repository, RepositoryPath, Rule, Tag,
};

use crate::{Endpoint, NameForm};

/// The form, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Owner.
    pub owner: String,
    /// Repository: a name on the legacy form, `owner/repository` (optional) elsewhere.
    pub repository: String,
    /// Image name.
    pub image_name: String,
    /// The versions added so far.
    pub versions: Vec<String>,
    /// What stands in the version field; it counts as one more.
    pub version_text: String,
}

/// What could fill an empty field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The account's own name.
    pub owner: Option<String>,
    /// The name that the file holds.
    pub image_name: Option<String>,
    /// The version that the file holds.
    pub version: Option<String>,
}

/// The fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "they are called so in the form")]
pub enum FieldName {
    Owner,
    Repository,
    ImageName,
    Version,
}

/// What the button of a fix says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixKind {
    /// Use “…”
    Use,
    /// Use owner …
    UseOwner,
    /// Fill in all fields
    FillAll,
    /// Shorten
    Shorten,
    /// Don’t link
    DontLink,
}

/// A one-click fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What its button says.
    pub kind: FixKind,
    /// The value that the button names.
    pub value: String,
    /// The whole form after it.
    pub fields: Fields,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field.
    pub field: FieldName,
    /// Which version: an index into the list; its length means the text field.
    pub version: Option<usize>,
    /// What was found.
    pub refusal: Refusal,
    /// What mends it, the best first.
    pub fixes: Vec<Fix>,
}

/// A named part of the live reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub name: PartName,
    /// Its text, as typed.
    pub text: String,
    /// Something in it blocks.
    pub problem: bool,
}

/// The parts of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are called so in the form")]
pub enum PartName {
    Registry,
    Owner,
    Repository,
    ImageName,
    Version,
}

/// Where an image goes: everything is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The registry.
    pub host: HostName,
    /// The path in it.
    pub path: RepositoryPath,
    /// The versions, at least one, each once.
    pub tags: Vec<Tag>,
    /// The repository to link the package to, where the form has one beside the path.
    pub source: Option<(Owner, Repository)>,
}

/// What the rules say of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What was found, field by field.
    pub findings: Vec<Finding>,
    /// Where it goes; none where something blocks.
    pub destination: Option<Destination>,
    /// The live reference.
    pub parts: Vec<Part>,
    /// The fields in this registry's order.
    pub field_order: Vec<FieldName>,
}

/// What the rules of `endpoint` say of `fields`.
pub fn check(endpoint: &Endpoint, fields: &Fields, hints: &Hints) -> Checked {
    let form = endpoint.profile.form();
    let legacy = form == NameForm::OwnerRepositoryName;
    let mut findings = Vec::new();
    let mut add = |field, version, refusal: Refusal, kind, apply: &dyn Fn(&str) -> Fields| {
        let fix = refusal.fix.as_ref().map(|value| Fix { kind, value: value.clone(), fields: apply(value) });
        findings.push(Finding { field, version, refusal, fixes: fix.into_iter().collect() });
    };

    let owner_fixed = |fix: &str| Fields { owner: fix.to_owned(), ..fields.clone() };
    for mut refusal in Owner::check(&fields.owner) {
        if refusal.rule == Rule::OwnerEmpty {
            refusal.fix = hints.owner.clone().filter(|owner| owner.parse::<Owner>().is_ok());
        }
        add(FieldName::Owner, None, refusal, FixKind::Use, &owner_fixed);
    }

    let repository_fixed = |fix: &str| Fields { repository: fix.to_owned(), ..fields.clone() };
    for refusal in repository(fields, legacy) {
        add(FieldName::Repository, None, refusal, FixKind::Use, &repository_fixed);
    }

    let name_fixed = |fix: &str| Fields { image_name: fix.to_owned(), ..fields.clone() };
    for mut refusal in image_name(fields, legacy) {
        if refusal.rule == Rule::NameEmpty {
            refusal.fix = hints.image_name.clone().filter(|name| name.parse::<ImageName>().is_ok());
        }
        add(FieldName::ImageName, None, refusal, FixKind::Use, &name_fixed);
    }
    let length = endpoint.name.as_str().len() + 1 + path_text(fields, legacy).len();
    if length > endpoint.profile.limits().path_chars {
        let refusal = Refusal::new(Rule::NameLong { n: length }, &fields.image_name, None);
        add(FieldName::ImageName, None, refusal, FixKind::Use, &name_fixed);
    }

    for (index, mut refusal) in versions(fields) {
        if refusal.rule == Rule::VersionHex64 && legacy {
            // Its page says so: images are pushed by version, not by SHA.
            refusal.rule = Rule::VersionHex64Refused;
        }
        let hinted = [Rule::VersionEmpty, Rule::VersionDigest, Rule::VersionHex64, Rule::VersionHex64Refused];
        if hinted.contains(&refusal.rule) {
            let usable =
                |version: &String| version.parse::<Tag>().is_ok() && !fields.versions.contains(version);
            refusal.fix = hints.version.clone().filter(usable);
        }
        let kind = if refusal.rule == Rule::VersionLong { FixKind::Shorten } else { FixKind::Use };
        add(FieldName::Version, Some(index), refusal, kind, &|fix| version_fixed(fields, index, fix));
    }
    pasted(endpoint, fields, &mut findings);

    let field_order = if legacy {
        vec![FieldName::Owner, FieldName::Repository, FieldName::ImageName, FieldName::Version]
    } else {
        vec![FieldName::Owner, FieldName::ImageName, FieldName::Version, FieldName::Repository]
    };
    for finding in findings.iter_mut().filter(|finding| finding.field == FieldName::Repository) {
        match finding.refusal.rule {
            Rule::RepoOtherOwner { .. } => finding.fixes = other_owner(fields, &finding.refusal),
            Rule::RepoDigest => {
                let unlinked = Fields { repository: String::new(), ..fields.clone() };
                finding.fixes = vec![Fix { kind: FixKind::DontLink, value: String::new(), fields: unlinked }];
            }
            _ => {}
        }
    }
    let parts = parts(endpoint, fields, legacy, &findings);
    let blocked = findings.iter().any(|finding| finding.refusal.rule.level() == Level::Problem);
    let destination = if blocked { None } else { destination(endpoint, fields, legacy) };
    Checked { findings, destination, parts, field_order }
}

/// The repository is another owner's: the package goes there, or to the repository of that name here.
fn other_owner(fields: &Fields, refusal: &Refusal) -> Vec<Fix> {
    let name = fields.repository.rsplit('/').next().unwrap_or_default();
    let here = Fields { repository: name.to_owned(), ..fields.clone() };
    let there = refusal.fix.as_ref().map(|owner| Fix {
        kind: FixKind::UseOwner,
        value: owner.clone(),
        fields: Fields { owner: owner.clone(), ..here.clone() },
    });
    let here = Fix { kind: FixKind::Use, value: name.to_owned(), fields: here };
    there.into_iter().chain([here]).collect()
}

/// What is found about the repository.
fn repository(fields: &Fields, legacy: bool) -> Vec<Refusal> {
    let text = fields.repository.as_str();
    match (text.split_once('/'), legacy) {
        (None, false) if text.is_empty() => Vec::new(),
        // Beside the path, both parts are wanted: they make an address.
        (None, false) => {
            let fix = format!("{}/{text}", fields.owner);
            let fix = linked(&fix).is_some().then_some(fix);
            vec![Refusal::new(Rule::RepoForm, text, fix)]
        }
        (Some(_), false) if linked(text).is_some() => {
            vec![Refusal::new(Rule::RepoDigest, text, None)]
        }
        (Some(_), false) => vec![Refusal::new(Rule::RepoForm, text, None)],
        (Some((owner, name)), true) if owner.eq_ignore_ascii_case(&fields.owner) => {
            let fix = Some(name.to_ascii_lowercase()).filter(|name| name.parse::<Repository>().is_ok());
            vec![Refusal::new(Rule::NameParts { last: None }, text, fix)]
        }
        (Some((owner, name)), true)
            if !name.contains('/') && owner.to_ascii_lowercase().parse::<Owner>().is_ok() =>
        {
            let owner = owner.to_ascii_lowercase();
            let rule = Rule::RepoOtherOwner { x: owner.clone(), owner: fields.owner.clone() };
            vec![Refusal::new(rule, text, Some(owner))]
        }
        (_, true) => Repository::check(text),
    }
}

/// `owner/repository`, as GitHub writes it (upper case allowed), for the link beside the path.
pub fn linked(text: &str) -> Option<(Owner, Repository)> {
    let (owner, name) = text.split_once('/')?;
    Some((owner.to_ascii_lowercase().parse().ok()?, name.to_ascii_lowercase().parse().ok()?))
}

fn image_name(fields: &Fields, legacy: bool) -> Vec<Refusal> {
    let findings = ImageName::check(&fields.image_name);
    if findings.is_empty() && legacy && fields.image_name.contains('/') {
        let last = fields.image_name.rsplit('/').next().map(str::to_owned);
        return vec![Refusal::new(Rule::NameParts { last: last.clone() }, &fields.image_name, last)];
    }
    findings
}

/// What is found about each version; the text field has the index behind the list.
fn versions(fields: &Fields) -> Vec<(usize, Refusal)> {
    if fields.versions.is_empty() && fields.version_text.is_empty() {
        return Tag::check("").into_iter().map(|refusal| (0, refusal)).collect();
    }
    let typed = Some(&fields.version_text).filter(|text| !text.is_empty());
    let all = fields.versions.iter().chain(typed).enumerate();
    all.flat_map(|(index, version)| Tag::check(version).into_iter().map(move |refusal| (index, refusal)))
        .collect()
}

/// The form with one version replaced; one that is there already is not added twice.
fn version_fixed(fields: &Fields, index: usize, fix: &str) -> Fields {
    let mut fixed = fields.clone();
    if index < fixed.versions.len() {
        if fixed.versions.iter().any(|version| version == fix) {
            fixed.versions.remove(index);
        } else {
            fix.clone_into(&mut fixed.versions[index]);
        }
    } else if fixed.versions.iter().any(|version| version == fix) {
        fixed.version_text.clear();
    } else {
        fix.clone_into(&mut fixed.version_text);
    }
    fixed
}

/// A whole reference in a field: the offer to spread it over all fields stands before what is wrong with it.
fn pasted(endpoint: &Endpoint, fields: &Fields, findings: &mut Vec<Finding>) {
    let texts = [
        (FieldName::Owner, &fields.owner),
        (FieldName::Repository, &fields.repository),
        (FieldName::ImageName, &fields.image_name),
        (FieldName::Version, &fields.version_text),
    ];
    for (field, text) in texts {
        let Some(reference) =
            Reference::parse_pasted(text).filter(|reference| reference.host == endpoint.name)
        else {
            continue;
        };
        let Ok(filled) = fill(endpoint, &reference) else { continue };
        let value = reference.to_string();
        let refusal = Refusal::new(Rule::OwnerPasted, text, Some(value.clone()));
        let version = (field == FieldName::Version).then_some(fields.versions.len());
        let fixes = vec![Fix { kind: FixKind::FillAll, value, fields: filled }];
        let finding = Finding { field, version, refusal, fixes };
        let at = findings.iter().position(|finding| finding.field == field).unwrap_or(findings.len());
        findings.insert(at, finding);
    }
}

fn path_text(fields: &Fields, legacy: bool) -> String {
    let parts = if legacy {
        vec![&fields.owner, &fields.repository, &fields.image_name]
    } else {
        vec![&fields.owner, &fields.image_name]
    };
    let parts: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

fn parts(endpoint: &Endpoint, fields: &Fields, legacy: bool, findings: &[Finding]) -> Vec<Part> {
    let blocked = |field| {
        let mine = findings.iter().filter(|finding| finding.field == field);
        mine.into_iter().any(|finding| finding.refusal.rule.level() == Level::Problem)
    };
    let part = |name, text: &str, field| Part { name, text: text.to_owned(), problem: blocked(field) };
    let mut parts =
        vec![Part { name: PartName::Registry, text: endpoint.shown().to_string(), problem: false }];
    parts.push(part(PartName::Owner, &fields.owner, FieldName::Owner));
    if legacy {
        parts.push(part(PartName::Repository, &fields.repository, FieldName::Repository));
    }
    parts.push(part(PartName::ImageName, &fields.image_name, FieldName::ImageName));
    let version = fields.versions.first().unwrap_or(&fields.version_text);
    parts.push(part(PartName::Version, version, FieldName::Version));
    parts
}

fn destination(endpoint: &Endpoint, fields: &Fields, legacy: bool) -> Option<Destination> {
    let mut tags: Vec<Tag> = Vec::new();
    for version in fields.versions.iter().chain(Some(&fields.version_text).filter(|text| !text.is_empty())) {
        let tag = version.parse().ok()?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Some(Destination {
        host: endpoint.name.clone(),
        path: path_text(fields, legacy).parse().ok()?,
        tags,
        source: if legacy { None } else { linked(&fields.repository) },
    })
}

/// The fields that a whole reference means at `endpoint`.
///
/// # Errors
/// The legacy form takes exactly three parts.
pub fn fill(endpoint: &Endpoint, reference: &Reference) -> Result<Fields, Refusal> {
    let parts: Vec<&str> = reference.path.parts().collect();
    let text = reference.to_string();
    let (owner, repository, image_name) = match (endpoint.profile.form(), &parts[..]) {
        (NameForm::OwnerRepositoryName, [owner, repository, name]) => {
            (*owner, *repository, (*name).to_owned())
        }
        (NameForm::OwnerRepositoryName, [_] | [_, _]) => {
            return Err(Refusal::new(Rule::RepoRequired, &text, None));
        }
        (NameForm::OwnerRepositoryName, _) => {
            return Err(Refusal::new(Rule::NameParts { last: None }, &text, None));
        }
        (_, [owner, name @ ..]) => (*owner, "", name.join("/")),
        (_, []) => ("", "", String::new()),
    };
    // A digest stands in the version field, so that the form says why it cannot be one.
    let version = reference.digest.as_ref().map(ToString::to_string);
    Ok(Fields {
        owner: owner.to_owned(),
        repository: repository.to_owned(),
        image_name,
        versions: reference.tag.iter().map(ToString::to_string).collect(),
        version_text: version.filter(|_| reference.tag.is_none()).unwrap_or_default(),
    })
}

/// The form for another registry. What was typed is kept; the repository changes its form: to the legacy one
/// it loses its owner if that is the same, back it gets it again.
pub fn switch(fields: &Fields, from: &Endpoint, to: &Endpoint) -> Fields {
    let legacy = |endpoint: &Endpoint| endpoint.profile.form() == NameForm::OwnerRepositoryName;
    let repository = match (legacy(from), legacy(to), fields.repository.split_once('/')) {
        (false, true, Some((owner, name))) if owner.eq_ignore_ascii_case(&fields.owner) => name.to_owned(),
        (true, false, None) if !fields.repository.is_empty() && !fields.owner.is_empty() => {
            format!("{}/{}", fields.owner, fields.repository)
        }
        _ => fields.repository.clone(),
    };
    Fields { repository, ..fields.clone() }
}
