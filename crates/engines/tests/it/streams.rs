//! An engine's double: who it is, exports and loads, and how they fail.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use slipway_engines::{Address, Engine, EngineError, Export, Kind, Loaded, Origin, Place};
use slipway_stage::engine::{self, Fault, Like, members};
use slipway_stage::tar::Tar;
use slipway_stage::{digest, image};

use crate::{recorded, recordings};

const SOON: Duration = Duration::from_secs(60);

fn place(socket: PathBuf) -> Place {
    Place { address: Address::Socket(socket), origin: Origin::Usual, kind: Kind::Docker }
}

async fn connect(double: &engine::Engine) -> Engine {
    Engine::connect(place(double.socket()), SOON).await.unwrap()
}

/// A Docker archive of one layer, and its image's ID.
fn archive(text: &str, names: &[&str]) -> (Vec<u8>, String) {
    let layer = image::layer(text);
    let config = image::config(&[&layer]);
    let entry = serde_json::json!([{
        "Config": format!("{}.json", digest(&config).replace("sha256:", "")),
        "RepoTags": names, "Layers": ["layer.tar"],
    }]);
    let tar = Tar::default().file("layer.tar", &layer);
    let tar = tar.file(&format!("{}.json", digest(&config).replace("sha256:", "")), &config);
    (tar.file("manifest.json", entry.to_string().as_bytes()).end(), digest(&config))
}

async fn all(mut export: Export) -> Result<Vec<u8>, EngineError> {
    let mut bytes = Vec::new();
    while let Some(piece) = export.next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

async fn exported(engine: &Engine, names: &[&str]) -> Result<Vec<u8>, EngineError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    all(engine.export(&names).await?).await
}

async fn loaded(engine: &Engine, tar: Vec<u8>) -> Result<Loaded, EngineError> {
    let (mut writer, load) = engine.load();
    let writing = tokio::task::spawn_blocking(move || {
        // Whoever takes no more says why in the other half.
        let _ = writer.write_all(&tar).and_then(|()| writer.finish());
    });
    let loaded = load.await;
    writing.await.unwrap();
    loaded
}

#[tokio::test]
async fn who_answers_is_told_by_the_answer_and_not_by_the_place() {
    for (like, kind, version) in
        [(Like::Docker, Kind::Docker, "20.10.24"), (Like::Podman, Kind::Podman, "4.3.1")]
    {
        let double = engine::Engine::start(like);
        let engine = connect(&double).await;
        assert_eq!((engine.kind(), engine.version.as_str()), (kind, version));
        assert_eq!((engine.api.to_string().as_str(), engine.keeps_digests), ("1.41", false));
        assert_eq!(engine.platform, "linux/amd64");
        assert_eq!(engine.rootless, like == Like::Podman);
        // Found without a version, asked with one.
        assert_eq!(double.asked()[0], "GET /_ping");
        assert!(double.asked()[1..].iter().all(|asked| asked.starts_with("GET /v1.41/")));
    }
}

#[tokio::test]
async fn the_containerd_store_is_known_by_its_driver() {
    let double = engine::Engine::start(Like::Docker);
    let recorded = recordings("docker29-info");
    for (name, keeps) in [("containerd store", true), ("graph driver", false)] {
        double.fails(Fault::Answers("/info", 200, recorded[name].to_string()));
        assert_eq!(connect(&double).await.keeps_digests, keeps, "{name}");
    }
}

#[tokio::test]
async fn a_socket_that_nobody_may_use_is_told_with_the_command_that_helps() {
    use std::os::unix::fs::PermissionsExt as _;
    let double = engine::Engine::start(Like::Docker);
    std::fs::set_permissions(double.socket(), std::fs::Permissions::from_mode(0o000)).unwrap();
    match Engine::connect(place(double.socket()), SOON).await {
        Err(error @ EngineError::NoAccess { .. }) => {
            assert!(error.to_string().contains("usermod"), "{error}");
        }
        // Root may use every socket.
        Ok(_) => slipway_stage::left_out("a socket that nobody may use", "the test runs as root"),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn who_is_no_engine_is_told_apart() {
    let double = engine::Engine::start(Like::Docker);
    double.fails(Fault::Answers("_ping", 200, "hello".to_owned()));
    let error = Engine::connect(place(double.socket()), SOON).await.unwrap_err();
    assert!(matches!(error, EngineError::NoEngine { .. }), "{error}");
    double.fails(Fault::Answers("_ping", 400, r#"{"message":"client version 1.41 is too old"}"#.to_owned()));
    let error = Engine::connect(place(double.socket()), SOON).await.unwrap_err();
    assert!(error.to_string().contains("client version 1.41 is too old (status 400)"), "{error}");
}

/// Each answer comes in time, and all together do not.
#[tokio::test(start_paused = true)]
async fn an_engine_that_drags_its_answers_is_not_waited_for() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("engine.sock");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let slow = tokio::spawn(async move {
        for answered in 0_usize.. {
            let Ok((mut stream, _)) = listener.accept().await else { return answered };
            let _ = stream.read(&mut [0; 4096]).await;
            tokio::time::sleep(SOON / 2).await;
            let answer =
                "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        unreachable!()
    });
    let error = Engine::connect(place(socket), SOON).await.unwrap_err();
    assert!(matches!(error, EngineError::Silent { seconds: 60, .. }), "{error}");
    slow.abort();
}

#[tokio::test]
async fn the_list_says_platforms_and_who_uses_an_image() {
    let double = engine::Engine::start(Like::Docker);
    let (tar, _) = archive("old", &["octocat/old:1"]);
    double.has(&tar);
    let (tar, id) = archive("new", &["octocat/new:1", "octocat/new:2"]);
    assert_eq!(double.has(&tar), id);
    double.uses(&id);
    let engine = connect(&double).await;
    let rows = engine.images().await.unwrap();
    let row = &rows[0];
    assert_eq!((row.id.as_str(), row.names.len(), row.containers), (id.as_str(), 2, 1));
    assert_eq!(row.platform.as_deref(), Some("linux/amd64"));
    assert_eq!(rows[1].names, ["octocat/old:1"]);
}

#[tokio::test]
async fn one_image_that_cannot_be_looked_at_hides_no_other() {
    let double = engine::Engine::start(Like::Docker);
    let bad = archive("bad", &["octocat/bad:1"]);
    double.has(&archive("good", &["octocat/good:1"]).0);
    double.has(&bad.0);
    double.fails(Fault::Answers("/json", 500, String::new()));
    let engine = connect(&double).await;
    assert!(engine.images().await.is_err());
    let at: &'static str = Box::leak(bad.1.into_boxed_str());
    double.fails(Fault::Answers(at, 500, r#"{"message":"layer does not exist"}"#.to_owned()));
    let rows = engine.images().await.unwrap();
    let [bad, good] = &rows[..] else { panic!("{rows:?}") };
    assert!(bad.unreadable.as_ref().unwrap().contains("layer does not exist"));
    assert_eq!((good.unreadable.clone(), good.platform.as_deref()), (None, Some("linux/amd64")));
}

/// containers/podman#19757: one manifest list, and nothing is listed.
#[tokio::test]
async fn a_list_that_hides_all_images_of_podman_is_told_with_the_way_out() {
    let double = engine::Engine::start(Like::Podman);
    let engine = connect(&double).await;
    let said = "choosing image instance: no image found in manifest list for architecture amd64";
    double.fails(Fault::Answers("/images/json", 500, serde_json::json!({"message": said}).to_string()));
    let error = engine.images().await.unwrap_err();
    assert!(matches!(error, EngineError::ManifestList { .. }), "{error}");
    assert!(error.to_string().contains("podman manifest rm"), "{error}");
}

#[tokio::test]
async fn a_name_means_one_image_and_its_latest_alone() {
    let double = engine::Engine::start(Like::Docker);
    let (tar, id) = archive("a", &["octocat/a:latest", "octocat/a:1"]);
    double.has(&tar);
    let engine = connect(&double).await;
    let short = id["sha256:".len()..].chars().take(12).collect::<String>();
    for (name, exact) in [
        ("octocat/a", "octocat/a:latest"),
        ("octocat/a:1", "octocat/a:1"),
        (id.as_str(), id.as_str()),
        (short.as_str(), id.as_str()),
    ] {
        let (details, asked) = engine.resolve(name).await.unwrap();
        assert_eq!((details.id.as_str(), asked.as_str()), (id.as_str(), exact), "{name}");
        assert_eq!(details.diff_ids, [digest(&image::layer("a"))]);
    }
    let error = engine.resolve("octocat/none:1").await.unwrap_err();
    assert_eq!(error.to_string(), "Docker has no image octocat/none:1");
    for wrong in ["", "../containers", "a//b", "a/./b", "-a"] {
        assert!(matches!(engine.inspect(wrong).await, Err(EngineError::BadName { .. })), "{wrong}");
    }
    assert!(!double.asked().iter().any(|asked| asked.contains("containers")));
}

#[tokio::test]
async fn one_or_several_images_come_as_one_tar() {
    let double = engine::Engine::start(Like::Docker);
    for text in ["a", "b"] {
        double.has(&archive(text, &[&format!("octocat/{text}:1")]).0);
    }
    let engine = connect(&double).await;
    for names in [&["octocat/a:1"][..], &["octocat/a:1", "octocat/b:1"]] {
        let tar = exported(&engine, names).await.unwrap();
        let found = members(&tar);
        let (_, listed) = found.iter().find(|(name, _)| name == "manifest.json").unwrap();
        let listed: serde_json::Value = serde_json::from_slice(listed).unwrap();
        let tags: Vec<_> =
            listed.as_array().unwrap().iter().map(|entry| entry["RepoTags"][0].clone()).collect();
        assert_eq!(tags, names);
    }
    let error = exported(&engine, &["octocat/none:1"]).await.unwrap_err();
    assert!(matches!(error, EngineError::NoImage { .. }), "{error}");
    assert!(engine.export(&[]).await.is_err());
}

#[tokio::test]
async fn an_export_that_is_not_whole_is_never_taken_for_one() {
    let double = engine::Engine::start(Like::Docker);
    double.has(&archive(&"x".repeat(3000), &["octocat/a:1"]).0);
    let engine = connect(&double).await;
    let whole = exported(&engine, &["octocat/a:1"]).await.unwrap();
    let said = "write /var/lib/docker/tmp/x: no space left on device";
    for (fault, reason) in [
        // Between two members, in a member, behind one of two marks, and only just whole.
        (Fault::Short(512), "the end of the tar is not there"),
        (Fault::Short(700), "the end of the tar is not there"),
        (Fault::Short(whole.len() - 512), "the end of the tar is not there"),
        (Fault::Short(0), "the end of the tar is not there"),
        (Fault::Cut(1500), ""),
        (Fault::Cut(whole.len()), ""),
        (Fault::Says(1500, said), said),
        (Fault::Says(whole.len(), said), said),
    ] {
        double.fails(fault.clone());
        let error = exported(&engine, &["octocat/a:1"]).await.unwrap_err();
        let EngineError::BrokenOff { reason: told, .. } = &error else { panic!("{fault:?}: {error}") };
        assert!(told.contains(reason) && !told.is_empty(), "{fault:?}: {told}");
    }
    double.fails(None);
    assert_eq!(exported(&engine, &["octocat/a:1"]).await.unwrap(), whole);
}

/// An engine that prepares 10 GB keeps silent for minutes; other clients give up after two.
#[tokio::test(start_paused = true)]
async fn no_time_limit_ends_a_long_export() {
    let double = engine::Engine::start(Like::Docker);
    double.has(&archive("a", &["octocat/a:1"]).0);
    let engine = connect(&double).await;
    double.fails(Fault::Waits(600));
    let mut export = engine.export(&["octocat/a:1".to_owned()]).await.unwrap();
    assert_eq!(export.next().await.unwrap().unwrap().len(), 600);
    // Time is not waited for: a limit of whatever length would end it here.
    let silent = tokio::time::timeout(Duration::from_secs(24 * 3600), export.next()).await;
    assert!(silent.is_err(), "nothing comes, and nothing ends it");
    double.go_on();
    let rest = all(export).await.unwrap();
    assert!(rest.ends_with(&[0; 1024]));
}

#[tokio::test]
async fn what_is_loaded_is_what_was_written_and_is_told() {
    for like in [Like::Docker, Like::Podman] {
        let double = engine::Engine::start(like);
        let engine = connect(&double).await;
        let (tar, id) = archive(&"y".repeat(500_000), &["ghcr.io/octocat/a:1", "ghcr.io/octocat/a:2"]);
        let made = loaded(&engine, tar.clone()).await.unwrap();
        assert_eq!(made.names, ["ghcr.io/octocat/a:1", "ghcr.io/octocat/a:2"], "{like:?}");
        assert_eq!(double.loaded(), [tar]);
        let (tar, other) = archive("z", &[]);
        let made = loaded(&engine, tar).await.unwrap();
        assert_eq!((made.names.len(), made.ids), (0, vec![other]), "{like:?}");
        engine.tag(&id, "ghcr.io/octocat/a", "3").await.unwrap();
        assert!(double.names(&id).contains(&"ghcr.io/octocat/a:3".to_owned()));
        let error = engine.tag("octocat/none:1", "ghcr.io/octocat/a", "3").await.unwrap_err();
        assert!(matches!(error, EngineError::NoImage { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_load_that_failed_is_an_error_whatever_its_status() {
    let double = engine::Engine::start(Like::Docker);
    let engine = connect(&double).await;
    let (tar, _) = archive("a", &["ghcr.io/octocat/a:1"]);
    for (fault, said) in [
        (Fault::Load("invalid diffID for layer 0"), "invalid diffID for layer 0"),
        (Fault::Mute, "no image"),
        (Fault::Refuses(500, "x * oci: a * docker-archive: unexpected EOF * dir: b"), "unexpected EOF"),
    ] {
        double.fails(fault.clone());
        let error = loaded(&engine, tar.clone()).await.unwrap_err();
        let EngineError::NotLoaded { message, .. } = &error else { panic!("{fault:?}: {error}") };
        assert!(message.contains(said), "{fault:?}: {message}");
    }
}

#[tokio::test]
async fn an_archive_that_is_given_up_is_no_archive_to_the_engine() {
    let double = engine::Engine::start(Like::Docker);
    let engine = connect(&double).await;
    let (tar, id) = archive("a", &["ghcr.io/octocat/a:1"]);
    let (mut writer, load) = engine.load();
    let writing = tokio::task::spawn_blocking(move || {
        // All of it, and yet nobody said that it is whole.
        writer.write_all(&tar).unwrap();
    });
    load.await.unwrap_err();
    writing.await.unwrap();
    assert!(double.loaded().is_empty() && double.names(&id).is_empty());
}

/// What Docker 20.10 and Podman 4.3 said to nine archives each.
#[tokio::test]
async fn recorded_answers_to_loads_are_understood() {
    let double = engine::Engine::start(Like::Docker);
    let engine = connect(&double).await;
    let (mut good, mut bad) = (0, 0);
    for answer in recordings("load")["answers"].as_array().unwrap() {
        let lines = answer["lines"].as_array().cloned().unwrap_or_else(|| vec![answer["body"].clone()]);
        let said: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
        double.fails(Fault::Answers("/images/load", status, said.clone()));
        match loaded(&engine, Vec::new()).await {
            Ok(made) => {
                assert!(said.contains("Loaded image") && made.names.len() + made.ids.len() > 0, "{said}");
                good += 1;
            }
            Err(error) => {
                assert!(!said.contains("Loaded image") && error.to_string().len() > 50, "{said}: {error}");
                bad += 1;
            }
        }
    }
    assert!(good >= 7 && bad >= 9, "{good}, {bad}");
}

#[tokio::test]
async fn recorded_descriptions_of_an_image_are_understood() {
    let double = engine::Engine::start(Like::Docker);
    let engine = connect(&double).await;
    let newest = recordings("docker29-image-inspect")["body"].clone();
    let of = |engine: &str| recorded("image-inspect", engine, "GET /images/ex/app:1/json");
    for (answer, names, digests) in [
        (of("docker20"), ["ex/app:1", "ex/app:two"].to_vec(), 0),
        (of("podman43"), ["docker.io/ex/app:1", "docker.io/ex/app:two"].to_vec(), 1),
        (newest, vec!["ex/app:1"], 1),
    ] {
        double.fails(Fault::Answers("/json", 200, answer.to_string()));
        let details = engine.inspect("ex/app:1").await.unwrap();
        assert_eq!(
            (details.names, details.digests.len()),
            (names.into_iter().map(str::to_owned).collect(), digests)
        );
        assert_eq!((details.platform.as_str(), details.diff_ids.len()), ("linux/amd64", 2));
        assert!(details.id.starts_with("sha256:") && details.size > 0);
    }
}
