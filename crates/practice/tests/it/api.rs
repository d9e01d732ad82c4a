//! The REST API. What the client makes of it, and how it compares with GitHub's description, is tested with the client.

use slipway_practice::{Mishap, Place, Trouble, Wish};

use super::*;

const AGENT: &str = "tests";

impl Stage {
    /// A `GET` of the API with a token of octocat.
    fn api(&self, label: &str, path: &str) -> RequestBuilder {
        let token = self.practice.token("octocat", label).unwrap();
        self.page(path).header("user-agent", AGENT).bearer_auth(token)
    }

    /// A `GET` at the API's port as nobody.
    fn page(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.practice.api().unwrap()))
    }
}

#[tokio::test]
async fn who_does_not_say_the_program_is_turned_away() {
    let stage = Stage::new().await;
    let answer = ask(stage.page("/users/octocat")).await;
    assert_eq!(answer.status, 403);
    assert!(answer.text().contains("User-Agent"), "{}", answer.text());
    assert_eq!(ask(stage.page("/users/octocat").header("user-agent", AGENT)).await.status, 200);
}

#[tokio::test]
async fn a_token_is_accepted_in_the_three_ways_of_github() {
    let stage = Stage::new().await;
    let token = stage.practice.token_for("octocat").unwrap();
    let asked = || stage.page("/user").header("user-agent", AGENT);
    for request in [
        asked().bearer_auth(token),
        asked().header(AUTHORIZATION, format!("token {token}")),
        asked().basic_auth("octocat", Some(token)),
    ] {
        let answer = ask(request).await;
        assert_eq!(answer.json()["login"], "octocat");
        assert_eq!(answer.header("x-oauth-scopes"), "repo, write:packages");
        assert!(!answer.header("x-github-request-id").is_empty());
    }
    assert_eq!(ask(asked()).await.json()["message"], "Requires authentication");
    for dead in ["expired", "mistyped"] {
        let answer = ask(stage.api(dead, "/user")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["message"].clone()),
            (401, "Bad credentials".into())
        );
    }
    let fine_grained = ask(stage.api("fine-grained", "/user")).await;
    assert!(fine_grained.status == 200 && !fine_grained.headers.contains_key("x-oauth-scopes"));
}

#[tokio::test]
async fn a_pushed_image_is_a_package_and_its_visibility_shows() {
    let stage = Stage::new().await;
    stage.push_image("octocat/a/b", "1").await;
    let of = |path: &str| ask(stage.api("publish", path));
    let package = of("/users/octocat/packages/container/a%2Fb").await.json();
    assert_eq!((package["name"].as_str(), package["visibility"].as_str()), (Some("a/b"), Some("private")));
    assert_eq!(of("/user/packages?package_type=container").await.json().as_array().unwrap().len(), 1);
    assert_eq!(of("/users/octocat/packages/container/a").await.status, 404);
    assert_eq!(of("/orgs/octocat/packages/container/a%2Fb").await.status, 404);
    stage.practice.set_visibility("octocat/a/b", slipway_practice::Visibility::Public).unwrap();
    let public = of("/users/octocat/packages?package_type=container&visibility=public").await.json();
    assert_eq!(public[0]["visibility"], "public");
    let scopeless = ask(stage.api("scopeless", "/users/octocat/packages/container/a%2Fb")).await;
    assert_eq!(scopeless.status, 403);
    assert_eq!(scopeless.header("x-accepted-oauth-scopes"), "read:packages");
}

#[tokio::test]
async fn an_image_of_the_older_registry_shows_to_those_who_see_its_repository() {
    let stage = Stage::new().await;
    super::docker::push(&stage, "octocat/octo-app/tool", "1").await;
    let path = "/users/octocat/packages/docker/octo-app%2Ftool";
    let package = ask(stage.api("publish", path)).await.json();
    assert_eq!(package["package_type"], "docker");
    assert_eq!(package["repository"]["full_name"], "octocat/octo-app");
    let listed = ask(stage.api("publish", "/user/packages?package_type=docker")).await.json();
    assert_eq!(listed[0]["name"], "octo-app/tool");
    assert_eq!(ask(stage.api("packages-only", path)).await.status, 404);
    let none = ask(stage.api("publish", "/user/packages?package_type=container")).await.json();
    assert_eq!(none, json!([]));
    assert_eq!(ask(stage.api("publish", "/user/packages")).await.status, 400);
}

#[tokio::test]
async fn a_token_of_the_device_flow_pushes_and_survives_a_restart() {
    let stage = Stage::new().await;
    let post = |path: &str, body: String| {
        let request = stage.client.post(format!("http://{}{path}", stage.practice.api().unwrap()));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        ask(request.header("accept", "application/json").body(body))
    };
    let code =
        post("/login/device/code", "client_id=app&scope=write%3Apackages+repo".to_owned()).await.json();
    let user_code = code["user_code"].as_str().unwrap();
    assert!(!stage.practice.enter_device_code("nothing", "octocat"));
    assert!(!stage.practice.enter_device_code(user_code, "octo-org"), "an organization enters nothing");
    assert!(stage.practice.enter_device_code(user_code, "octocat"));
    let form = format!(
        "client_id=app&device_code={}&grant_type=urn:ietf:params:oauth:grant-type:device_code",
        code["device_code"].as_str().unwrap()
    );
    let granted = post("/login/oauth/access_token", form.clone()).await.json();
    assert_eq!(granted["scope"], "write:packages,repo");
    let again = post("/login/oauth/access_token", form).await.json();
    assert_eq!(again["error"], "incorrect_device_code", "a code is good once");
    let token = granted["access_token"].as_str().unwrap().to_owned();
    let playground = stage.playground.restart(Duration::ZERO).await;
    let asked = stage
        .client
        .get(format!("http://{}/token?scope=repository:octocat/a:push", playground.practice.ghcr()));
    assert_eq!(ask(asked.basic_auth("octocat", Some(token))).await.status, 200);
}

#[tokio::test]
async fn troubles_of_the_api_speak_its_language_and_leave_the_registries_alone() {
    let stage = Stage::new().await;
    stage.practice.plan(Trouble::at(Place::Api, Mishap::TooMany(Wish::Seconds(7))));
    stage.practice.plan(Trouble::at(Place::Api, Mishap::SecondaryLimit(None)));
    stage.push_token("octocat/a").await;
    assert_eq!(stage.practice.mishaps_left(), 2);
    let answer = ask(stage.api("publish", "/user")).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "7"));
    let answer = ask(stage.api("publish", "/user")).await;
    assert!(answer.status == 403 && !answer.headers.contains_key("retry-after"));
    assert!(answer.json()["documentation_url"].as_str().unwrap().ends_with("secondary-rate-limits"));
    assert_eq!(ask(stage.api("publish", "/user")).await.status, 200);
}

#[tokio::test]
async fn links_into_github_lead_somewhere() {
    let stage = Stage::new().await;
    let page = ask(stage.page("/users/octocat/packages/container/hello/settings?<b>")).await;
    assert!(page.status == 200 && page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains("/users/octocat/packages/container/hello/settings"));
    let odd = ask(stage.page("/%3Cscript%3E<b>")).await;
    assert!(!odd.text().contains("<b>") && !odd.text().contains("<script>"), "{}", odd.text());
    let json = ask(stage.page("/nowhere").header("accept", "application/vnd.github+json")).await;
    assert_eq!((json.status.as_u16(), json.json()["message"].clone()), (404, "Not Found".into()));
}

#[tokio::test]
async fn an_enterprise_server_answers_below_its_prefix() {
    let stage = Stage::new().await;
    assert_eq!(
        ask(stage.api("publish", "/api/v3/user").header("accept", "application/json")).await.status,
        404
    );
    stage.practice.switches().change(|switches| switches.api.enterprise = true);
    let user = ask(stage.api("publish", "/api/v3/user")).await.json();
    assert!(user["url"].as_str().unwrap().ends_with("/api/v3/users/octocat"), "{user}");
}
