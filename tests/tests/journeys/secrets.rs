//! A token that the command is given shows up nowhere: not in its output, its errors, its files or its
//! command line.

use slipway_tests::command::Slipway;
use slipway_tests::playground::Playground;

const CANARY: &str = "ghp_canaryCanaryCanaryCanaryCanary0abcde";

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_token_never_shows_anywhere() {
    let playground = Playground::start().await;
    let (sample, hosts) = (playground.sample.to_string_lossy().into_owned(), playground.hosts());
    for reference in ["ghcr.io/octocat/hello:1.0", "docker.pkg.github.com/octocat/octo-app/hello:1.0"] {
        for json in [&["--json"][..], &[]] {
            for (name, value) in [("SLIPWAY_LOG", "trace"), ("SLIPWAY_LOG", "off")] {
                let slipway =
                    Slipway::default().with("SLIPWAY_HOSTS", &hosts.to_string_lossy()).with(name, value);
                let arguments = ["push", &sample, reference, "--username", "octocat", "--token-stdin"];
                let run = slipway.run_with_input(arguments.iter().chain(json), CANARY);
                assert_eq!(run.code, 4, "{}{}", run.output, run.error);
                assert!(!run.output.contains("canaryCanary"), "{}", run.output);
                assert!(!run.error.contains("canaryCanary"), "{}", run.error);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflows_token_and_a_docker_login_are_found() {
    let playground = Playground::start().await;
    let (sample, hosts) = (playground.sample.to_string_lossy().into_owned(), playground.hosts());
    let token = playground.token("octocat");
    let hosts = hosts.to_string_lossy();

    let workflow = Slipway::default()
        .with("SLIPWAY_HOSTS", &hosts)
        .with("GITHUB_ACTOR", "octocat")
        .with("GITHUB_TOKEN", &token);
    let first = workflow.run(["push", &sample, "ghcr.io/octocat/hello:1.0", "--json"]);
    assert_eq!(first.code, 0, "{}{}", first.output, first.error);

    let docker = Slipway::default().with("SLIPWAY_HOSTS", &hosts);
    std::fs::create_dir(docker.home().join(".docker")).unwrap();
    let login = slipway_tests::command::docker_login("octocat", &token);
    let config = serde_json::json!({"auths": {"https://ghcr.io/": {"auth": login}}});
    std::fs::write(docker.home().join(".docker/config.json"), config.to_string()).unwrap();
    let second = docker.run(["push", &sample, "ghcr.io/octocat/hello:1.0", "--json"]);
    assert_eq!(second.digest(), first.digest());

    let nobody = Slipway::default().with("SLIPWAY_HOSTS", &hosts);
    let third = nobody.run(["push", &sample, "ghcr.io/octocat/hello:1.0", "--json"]);
    assert_eq!((third.code, third.last()["code"].as_str()), (4, Some("signIn.required")), "{}", third.output);
}

/// A file in a folder's environment moved the names to another host, which then got what Docker keeps for them.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_says_where_a_name_leads_and_leaves_what_is_kept_for_it_at_home() {
    let playground = Playground::start().await;
    let sample = playground.sample.to_string_lossy().into_owned();
    let hosts = playground.folder().join("led.toml");
    std::fs::write(&hosts, playground.practice.hosts_file().replace("credentials = true\n", "")).unwrap();
    let slipway = Slipway::default().with("SLIPWAY_HOSTS", &hosts.to_string_lossy());
    std::fs::create_dir(slipway.home().join(".docker")).unwrap();
    let login = slipway_tests::command::docker_login("octocat", &playground.token("octocat"));
    let config = serde_json::json!({"auths": {"https://ghcr.io/": {"auth": login}}});
    std::fs::write(slipway.home().join(".docker/config.json"), config.to_string()).unwrap();
    let run = slipway.run(["push", &sample, "ghcr.io/octocat/hello:1.0", "--json"]);
    assert_eq!((run.code, run.last()["code"].as_str()), (4, Some("signIn.required")), "{}", run.output);
    let led =
        format!("ghcr.io is {} (SLIPWAY_HOSTS); only a token given for this run", playground.practice.ghcr());
    assert!(run.error.contains(&led), "{}", run.error);
    let arguments = ["push", &sample, "ghcr.io/octocat/hello:1.0", "--username", "octocat", "--token-stdin"];
    let given = slipway.run_with_input(arguments, &playground.token("octocat"));
    assert_eq!(given.code, 0, "{}", given.error);
}
