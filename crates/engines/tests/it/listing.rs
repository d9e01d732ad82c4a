//! The list of images from recorded answers.

use serde_json::{Value, json};
use slipway_engines::{Child, ImageRow, rows};

use crate::{recorded, recordings};

fn list(engine: &str) -> Vec<ImageRow> {
    let images = recorded("images-list", engine, "GET /images/json");
    let containers = recorded("containers-list", engine, "GET /containers/json?all=1");
    rows(&images, &containers).unwrap()
}

fn named<'a>(rows: &'a [ImageRow], name: &str) -> &'a ImageRow {
    rows.iter().find(|row| row.names.iter().any(|it| it == name)).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn an_image_is_one_row_with_all_its_tags_newest_first() {
    for engine in ["docker20", "podman43"] {
        let rows = list(engine);
        assert!(rows.is_sorted_by(|one, next| one.created >= next.created), "{engine}");
        let two = named(&rows, "ghcr.io/octocat/a:1.0");
        assert_eq!(two.names, ["ghcr.io/octocat/a:1.0", "ghcr.io/octocat/a:latest"], "{engine}");
        assert_eq!(two.id, "sha256:ae3d9aa98e921f906495f424e22537512d1330636d862ceb2348e9c7ca2a6633");
        let ids: std::collections::HashSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), rows.len(), "{engine}");
        let text = format!("{rows:?}");
        assert!(!text.contains("<none>"), "{engine}: {text}");
        assert!(rows.iter().all(|row| row.shared.is_none()), "neither engine counted it");
    }
}

#[test]
fn who_uses_an_image_is_told_by_its_id() {
    let docker = list("docker20");
    assert_eq!(named(&docker, "ex/app:1").containers, 1);
    assert_eq!(named(&docker, "big:1").containers, 0);
    // By the ID alone: the container names an image without a name.
    let unnamed = |row: &&ImageRow| row.names.is_empty() && row.id.starts_with("sha256:1f865fd742");
    assert_eq!(docker.iter().find(unnamed).unwrap().containers, 1);
    // The recorded list of Podman was cut before its image.
    let id = "sha256:84c2bacb73ceb50a99d695ad0cd41479adcd84e48eac252d92bfd8c1c35deac6";
    let containers = recorded("containers-list", "podman43", "GET /containers/json?all=1");
    assert_eq!(rows(&json!([{ "Id": id, "Containers": 0 }]), &containers).unwrap()[0].containers, 1);
}

#[test]
fn what_another_image_was_made_of_is_no_row_of_its_own() {
    let podman = recorded("images-list", "podman43", "GET /images/json");
    let parents = podman.as_array().unwrap().iter().filter_map(|image| image["ParentId"].as_str());
    let parents: Vec<_> = parents.filter(|id| !id.is_empty()).map(|id| format!("sha256:{id}")).collect();
    assert!(!parents.is_empty());
    let hidden = |row: &ImageRow| row.names.is_empty() && parents.contains(&row.id);
    assert!(!list("podman43").iter().any(hidden));
    let images = json!([
        {"Id": "sha256:b", "ParentId": "a", "RepoTags": ["app:1"], "Created": 2},
        {"Id": "sha256:a", "ParentId": "", "RepoTags": null, "Created": 1, "Dangling": true},
        {"Id": "c", "ParentId": "", "RepoTags": [], "Created": 0},
    ]);
    let rows = rows(&images, &json!([])).unwrap();
    let ids: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.created)).collect();
    assert_eq!(ids, [("sha256:b", Some(2)), ("sha256:c", None)]);
}

#[test]
fn an_index_of_docker_29_has_its_platforms_and_statements_under_it() {
    let all = recordings("docker29-images-list");
    let rows = rows(&all["body"], &json!([])).unwrap();
    let app = named(&rows, "ex/app:1");
    assert_eq!((app.containers, app.size, app.platform.clone()), (1, 12_183_214, None));
    let parts: Vec<_> = app.parts.iter().map(|part| (part.child.clone(), part.available)).collect();
    let platform = |name: &str| Child::Platform(name.to_owned());
    let [ours, missing, (Child::Attestation(of), true)] = &parts[..] else { panic!("{parts:?}") };
    assert_eq!(*ours, (platform("linux/amd64"), true));
    assert_eq!(*missing, (platform("linux/arm64/v8"), false));
    assert_eq!(*of, app.parts[0].digest);
    // No manifest of the computer's own platform: nothing of that is an error, nor noise.
    let foreign = named(&rows, "ex/arm-only:1");
    assert_eq!((foreign.created, foreign.containers, foreign.digests.len()), (None, 0, 0));
    assert!(rows.iter().any(|row| row.names.is_empty() && row.digests.is_empty()));
}

#[test]
fn an_image_once_for_each_name_is_still_one_row() {
    let image = |tag: &str| json!({"Id": "sha256:a", "RepoTags": [tag], "Created": 1, "Size": 5});
    let rows = rows(&json!([image("b:1"), image("a:1"), image("b:1")]), &Value::Null).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].names, ["a:1", "b:1"]);
    assert!(slipway_engines::rows(&json!({}), &json!([])).is_err());
    assert!(slipway_engines::rows(&json!([{"RepoTags": []}]), &json!([])).is_err());
}
