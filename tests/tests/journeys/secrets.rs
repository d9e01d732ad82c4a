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
