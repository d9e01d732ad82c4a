//! The practice GitHub's answers and the client's requests, held against GitHub's published API description.
//!
//! `openapi/github.json` is an extract of the package `@octokit/openapi` (MIT licence; its version stands in the file),
//! made by `openapi/extract.mjs`.

use jsonschema::Validator;
use serde_json::{Value, json};
use slipway_github::{AccountKind, Holder, PackageType};
use slipway_practice::Server;
use url::form_urlencoded;

use super::*;

/// The extract.
struct Description(Value);

impl Description {
    fn read() -> Self {
        Self(serde_json::from_str(include_str!("../openapi/github.json")).unwrap())
    }

    /// The template that a path fits, with what is said of it.
    fn of(&self, path: &str) -> Option<(&str, &Value)> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &str| {
            let wanted: Vec<&str> = template.split('/').collect();
            wanted.len() == parts.len()
                && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
        };
        let paths = self.0["paths"].as_object().unwrap();
        paths.iter().find(|(template, _)| fits(template)).map(|(template, said)| (template.as_str(), said))
    }

    /// A check by one of the extract's schemas.
    fn validator(&self, schema: &Value) -> Validator {
        jsonschema::validator_for(&json!({ "schemas": self.0["schemas"], "allOf": [schema] })).unwrap()
    }

    /// What is wrong with an answer to `GET path`. Refusals that are not described for the path, such as the 404 of a
    /// package, have the common form of errors.
    fn complaint(&self, path: &str, status: u16, body: &Value) -> Option<String> {
        let path = path.split('?').next().unwrap();
        let (template, said) = self.of(path).unwrap_or_else(|| panic!("{path} is not described"));
        let described = said["answers"].get(status.to_string()).filter(|schema| !schema.is_null());
        let common = json!({ "$ref": "#/schemas/basic-error" });
        let schema = described.or((400..500).contains(&status).then_some(&common));
        let schema = schema.unwrap_or_else(|| panic!("{template} never answers {status}"));
        let wrong: Vec<String> = self
            .validator(schema)
            .iter_errors(body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        (!wrong.is_empty()).then(|| format!("{path} {status}: {}", wrong.join("; ")))
    }
}

/// Status and body of the practice GitHub's answer.
async fn ask(stage: &Stage, label: &str, path: &str) -> (u16, Value) {
    let token = stage.practice.token("octocat", label).unwrap();
    let request = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
        .get(stage.web().join(path).unwrap())
        .header("user-agent", "tests")
        .bearer_auth(token);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
}

#[tokio::test]
async fn the_practice_github_answers_as_github_describes() {
    let (stage, description) = (Stage::new().await, Description::read());
    stage.push("octocat/a/b").await;
    stage.push("octo-org/tool").await;
    let mut wrong = Vec::new();
    for (label, path, expected) in [
        ("publish", "/user", 200),
        ("expired", "/user", 401),
        ("app", "/user", 403),
        ("publish", "/users/monalisa", 200),
        ("publish", "/users/octo-org", 200),
        ("publish", "/users/nobody-here", 404),
        ("organizations", "/user/orgs", 200),
        ("publish", "/user/orgs", 403),
        ("everything", "/user/repos?per_page=100", 200),
        ("publish", "/repos/octocat/museum", 200),
        ("publish", "/repos/octo-org/octo-app", 200),
        ("publish", "/repos/octo-org/octo-old", 301),
        ("publish", "/repos/octocat/nothing", 404),
        ("sso-missing", "/repos/octo-sso/octo-app", 403),
        ("publish", "/user/packages?package_type=container", 200),
        ("publish", "/user/packages/container/a%2Fb", 200),
        ("publish", "/users/octocat/packages?package_type=container", 200),
        ("publish", "/users/octocat/packages/container/a%2Fb", 200),
        ("publish", "/users/octocat/packages/docker/a", 404),
        ("publish", "/user/packages/container/a%2Fb/versions", 200),
        ("publish", "/users/octocat/packages/container/a%2Fb/versions", 200),
        ("publish", "/orgs/octo-org/packages/container/tool/versions", 200),
        ("scopeless", "/orgs/octo-org/packages/container/tool/versions", 403),
        ("scopeless", "/users/octocat/packages/container/a%2Fb", 403),
        ("publish", "/orgs/octo-org/packages?package_type=container", 200),
        ("publish", "/orgs/octo-org/packages/container/tool", 200),
        ("sso-missing", "/orgs/octo-sso/packages?package_type=container", 403),
    ] {
        let (status, body) = ask(&stage, label, path).await;
        assert_eq!(status, expected, "{label} {path}: {body}");
        assert!(body.as_array().is_none_or(|items| !items.is_empty()), "{path} shows nothing to compare");
        wrong.extend(description.complaint(path, status, &body));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn an_answer_of_another_shape_would_be_seen() {
    let (stage, description) = (Stage::new().await, Description::read());
    let (_, body) = ask(&stage, "publish", "/user").await;
    assert_eq!(description.complaint("/user", 200, &body), None);
    for (member, value) in [("login", Value::Null), ("id", "7".into()), ("type", 7.into())] {
        let mut broken = body.clone();
        broken[member] = value;
        assert!(description.complaint("/user", 200, &broken).is_some(), "{member}");
    }
}

#[tokio::test]
async fn the_client_asks_only_what_github_describes() {
    let (stage, description) = (Stage::new().await, Description::read());
    let github = stage.github("everything");
    github.user().await.unwrap();
    github.owner("monalisa").await.unwrap();
    github.organizations().await.unwrap();
    github.repositories().await.unwrap();
    github.repository("octo-org", "octo-old").await.unwrap();
    for kind in [AccountKind::User, AccountKind::Organization] {
        for package_type in [PackageType::Container, PackageType::Docker] {
            github.package(kind, "octo-org", package_type, "a/b").await.unwrap();
        }
    }
    for holder in [Holder::Own, Holder::User("octo-org"), Holder::Organization("octo-org")] {
        github.versions(holder, "a/b").await.unwrap();
        for package_type in [PackageType::Container, PackageType::Docker] {
            github.packages(holder, package_type).await.unwrap();
        }
    }
    github.sso("octo-org").await.unwrap();
    let mut seen = 0;
    for request in stage.practice.requests().into_iter().filter(|request| request.server == Server::Api) {
        // Where a redirect led; GitHub's own choice.
        if request.path.starts_with("/repositories/") {
            continue;
        }
        let (template, said) = description.of(&request.path).unwrap_or_else(|| panic!("{request:?}"));
        assert_eq!(request.method, "GET", "{template}");
        let query: Vec<_> = form_urlencoded::parse(request.query.as_bytes()).into_owned().collect();
        let parameters = said["parameters"].as_array().unwrap();
        let of_query = || parameters.iter().filter(|parameter| parameter["in"] == "query");
        for (name, value) in &query {
            let parameter = of_query().find(|parameter| parameter["name"] == **name);
            let parameter = parameter.unwrap_or_else(|| panic!("{template} has no parameter {name}"));
            let value = value.parse::<u64>().map_or_else(|_| Value::from(value.clone()), Value::from);
            let validator = description.validator(&parameter["schema"]);
            assert!(validator.is_valid(&value), "{template}: {name}={value}");
        }
        for parameter in of_query().filter(|parameter| parameter["required"] == true) {
            let given = query.iter().any(|(name, _)| parameter["name"] == **name);
            assert!(given, "{template} lacks {}", parameter["name"]);
        }
        for (wanted, part) in template.split('/').zip(request.path.split('/')) {
            let Some(name) = wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
                continue;
            };
            let parameter = parameters.iter().find(|parameter| parameter["name"] == name).unwrap();
            let validator = description.validator(&parameter["schema"]);
            assert!(validator.is_valid(&Value::from(part)), "{template}: {name}={part}");
        }
        seen += 1;
    }
    assert_eq!(seen, 19, "every method of the client was used");
}
