//! What the command tells people of a failure: the same as the window does.

use slipway_tests::command::Slipway;
use slipway_tests::playground::Playground;

/// The command said in English what the registry said; who can change it, and how, stood in the window only.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_tells_in_the_persons_language_who_can_change_it_and_what_to_do() {
    let playground = Playground::start().await;
    playground.practice.switches().change(|it| _ = it.deny_package.insert("octocat/hello".to_owned()));
    let refused = |language: &str, setting: &str| {
        let slipway = Slipway::default()
            .with("SLIPWAY_HOSTS", &playground.hosts().to_string_lossy())
            .with("LANG", language)
            .with("GITHUB_ACTOR", "octocat")
            .with("GITHUB_TOKEN", &playground.token("octocat"));
        std::fs::create_dir_all(slipway.home().join("slipway")).unwrap();
        std::fs::write(slipway.home().join("slipway/settings.toml"), setting).unwrap();
        let run = slipway.run(["push", &playground.sample.to_string_lossy(), "ghcr.io/octocat/hello:1"]);
        assert_eq!(run.code, 4, "{}", run.error);
        run.error
    };
    for (language, setting) in [("C", ""), ("fr_FR.UTF-8", ""), ("zh_CN.UTF-8", "language = \"en\"\n")] {
        let error = refused(language, setting);
        for said in ["Who can change it: ", "What you can do:", "- Ask for the role Write: Package settings"]
        {
            assert!(error.contains(said), "{language}, {setting}: {error}");
        }
    }
    for (language, setting) in [("zh_CN.UTF-8", ""), ("C", "language = \"zh-CN\"\n")] {
        let error = refused(language, setting);
        for said in ["谁能更改：", "你可以："] {
            assert!(error.contains(said), "{language}, {setting}: {error}");
        }
    }
}
