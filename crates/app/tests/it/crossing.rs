//! What crosses is the same JSON whatever shape it has in Rust: the page, `--json` and the rows of histories that people
//! have rely on it.

use serde_json::{Value, json};
use slipway_app::view::{
    Bytes, CheckId, CheckName, CheckState, CheckView, FailureView, FindingId, FindingView, Level, List,
    NoteName, Reason, RuleId, Seconds,
};
use slipway_reference::Rule;

/// A failure as a history keeps it.
fn failure(code: &str, params: Value) -> Value {
    json!({
        "code": code,
        "message": "what happened",
        "params": params,
        "retry": "afterChange",
        "help": [{"kind": "again"}],
        "technical": null,
    })
}

#[test]
fn failures_of_every_kind_come_back_as_they_were_kept() {
    let digest = format!("sha256:{}", "a".repeat(64));
    let kept = [
        failure("file.empty", json!({})),
        failure("file.unreadable", json!({"member": "blobs/sha256/1"})),
        failure("file.truncated", json!({"at": "512", "size": "1024"})),
        failure("file.other", json!({"kind": "named", "name": "PDF"})),
        failure("file.other", json!({"bytes": "12", "kind": "front"})),
        failure("file.damaged", json!({"layer": "2", "member": "layer.tar"})),
        failure("file.unpacks", json!({"file": "3", "limit": "268435456", "member": "a.zst", "size": "781"})),
        failure("file.noRoom", json!({"folder": "/tmp", "free": "1", "need": "2"})),
        failure("form.problem", json!({"field": "labels"})),
        failure("form.problem", json!({"field": "version", "rule": "version.digest"})),
        failure("form.problem", json!({"rule": "name.long"})),
        failure("image.multi", json!({"platforms": "linux/amd64, linux/arm64"})),
        failure("layer.limit", json!({"layer": "2", "max": "10", "size": "12"})),
        failure("host.refused", json!({"field": "caFile", "reason": "it holds no certificate"})),
        failure("token.otherPerson", json!({"account": "monalisa", "username": "octocat"})),
        failure(
            "notFound",
            json!({"platform": "linux/arm64", "present": "linux/amd64", "reference": "a/b:1"}),
        ),
        failure(
            "digestDisagrees",
            json!({"expected": digest, "found": "nothing", "registry": "ghcr.io", "tag": "1"}),
        ),
        failure(
            "blobMissing",
            json!({"digest": digest, "host": "ghcr.io", "layer": "1", "registry": "ghcr.io"}),
        ),
        failure("network.tls", json!({"host": "ghe.test", "reason": "notYet", "registry": "ghe.test"})),
        failure(
            "network.proxyRefused",
            json!({"away": "true", "host": "ghcr.io", "proxy": "http://proxy:8080/"}),
        ),
        failure("network.proxyRefused", json!({"host": "ghcr.io", "proxy": "system", "status": "403"})),
        failure(
            "realm.elsewhere",
            json!({"builtIn": "true", "host": "ghcr.io", "realm": "auth.test", "registry": "ghcr.io"}),
        ),
        failure(
            "denied.orgCreate",
            json!({
                "host": "ghcr.io", "owner": "octo-org", "package": "octo-org/hello", "reference": "ghcr.io/octo-org/hello:1",
                "registry": "ghcr.io", "token": "app", "username": "octocat",
            }),
        ),
        failure("badAnswer", json!({"asked": "storage.test", "host": "storage.test", "registry": "ghcr.io"})),
    ];
    for kept in kept {
        let text = kept.to_string();
        let view: FailureView = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(serde_json::to_string(&view).unwrap(), text);
    }
}

#[test]
fn a_kept_failure_that_cannot_be_is_not_read() {
    for (code, params) in [
        ("file.sent", json!({})),
        ("file.truncated", json!({"at": "512"})),
        ("file.truncated", json!({"at": "half", "size": "1024"})),
        ("file.other", json!({"kind": "poem"})),
    ] {
        let text = failure(code, params).to_string();
        assert!(serde_json::from_str::<FailureView>(&text).is_err(), "{text}");
    }
    // An older run may have kept less of what is only shown.
    let older: FailureView =
        serde_json::from_value(failure("file.memberMissing", json!({}))).expect("it is shown");
    assert_eq!(older.params()["member"], "…");
}

#[test]
fn checks_and_findings_cross_as_before() {
    let digest = |letter: &str| format!("sha256:{}", letter.repeat(64));
    let texts = |texts: [&str; 2]| List(texts.map(str::to_owned).to_vec());
    let text = |text: &str| text.to_owned();
    let names = [
        (CheckName::ForeignNone, json!({})),
        (
            CheckName::Token {
                reason: Reason::Later,
                username: Some(text("octocat")),
                registry: Some(text("ghcr.io")),
            },
            json!({"reason": "later", "registry": "ghcr.io", "username": "octocat"}),
        ),
        (
            CheckName::TokenAccepted { username: text("octocat"), scopes: texts(["repo", "write:packages"]) },
            json!({"scopes": "repo, write:packages", "username": "octocat"}),
        ),
        (CheckName::TokenExpiring { n: 3 }, json!({"n": "3"})),
        (
            CheckName::TagMoves {
                tag: text("1.0"),
                from: digest("a").parse().unwrap(),
                to: digest("b").parse().unwrap(),
            },
            json!({"from": digest("a"), "tag": "1.0", "to": digest("b")}),
        ),
        (CheckName::TagUnknown { tag: text("1.0"), reason: None }, json!({"tag": "1.0"})),
        (
            CheckName::Bytes {
                send: Bytes(12),
                reused: Bytes(0),
                layers: 6,
                there: 4,
                exact: false,
                seconds: Some(Seconds(9)),
            },
            json!({"exact": "false", "layers": "6", "reused": "0", "seconds": "9", "send": "12", "there": "4"}),
        ),
        (
            CheckName::Write { reason: None, registry: Some(text("ghcr.io")), code: None },
            json!({"registry": "ghcr.io"}),
        ),
    ];
    for (name, params) in names {
        let id = name.as_str();
        let view = CheckView { id: name.into(), state: CheckState::Passed, fix: None, field: None };
        let expected = json!({"id": id, "state": "passed", "params": params, "fix": null, "field": null});
        assert_eq!(serde_json::to_string(&view).unwrap(), expected.to_string());
    }
    let rule = Rule::RepoOtherOwner { x: text("octo-org"), owner: text("octocat") };
    assert_eq!(
        json!(CheckId::Rule(RuleId(rule.clone())).params()),
        json!({"owner": "octocat", "x": "octo-org"})
    );
    let note = NoteName::LayerType { layer: 2, media_type: text("a/b"), bytes: text("gzip") };
    let ids = [
        (FindingId::Note(note), "layer.type", json!({"bytes": "gzip", "layer": "2", "type": "a/b"})),
        (FindingId::Rule(RuleId(Rule::NameLong { n: 256 })), "name.long", json!({"n": "256"})),
    ];
    for (id, name, params) in ids {
        let view = FindingView { id, level: Level::Problem, fixes: Vec::new(), message: text("said") };
        let expected =
            json!({"id": name, "level": "problem", "params": params, "fixes": [], "message": "said"});
        assert_eq!(serde_json::to_string(&view).unwrap(), expected.to_string());
    }
}
