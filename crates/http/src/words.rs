//! What a refusal says, in whatever form it says it. The specification's `errors` are one of many: token servers, proxies,
//! storage and GitHub's API each have their own.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use slipway_reference::{is_obeyed, is_turning};

/// So many errors of one answer are kept.
const MOST: usize = 10;

/// How deep texts are looked for.
const DEPTH: u32 = 4;

/// Members that hold the words, the most telling first. `error` is a code where there is one of the others.
const WORDS: [&str; 11] = [
    "message",
    "error_description",
    "errorMessage",
    "description",
    "detail",
    "details",
    "msg",
    "reason",
    "error",
    "title",
    "errors",
];

/// One error of an answer. Nothing is cut short or made printable yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Such as `DENIED`; empty where the answer had none.
    pub code: String,
    /// The words.
    pub message: String,
    /// More of them, as JSON.
    pub detail: Option<String>,
    /// They are the title of a page, which may be that of a proxy on the way: nothing follows from them.
    pub is_page: bool,
}

/// The errors that an answer tells of.
pub fn said(headers: &HeaderMap, body: &[u8]) -> Vec<Said> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        let mut all = of_json(&value);
        all.truncate(MOST);
        return all;
    }
    let text = String::from_utf8_lossy(body);
    of_text(headers, text.trim()).into_iter().collect()
}

fn of_json(value: &Value) -> Vec<Said> {
    let Value::Object(object) = value else { return entries(value) };
    let mut all = object.get("errors").map(entries).unwrap_or_default();
    match object.get("error") {
        Some(error @ (Value::Object(_) | Value::Array(_))) => all.extend(entries(error)),
        _ => {
            let mut whole = object.clone();
            // Each of them is told already.
            whole.remove("errors");
            all.extend(entry(&whole).filter(|said| !all.iter().any(|known| known.message == said.message)));
        }
    }
    all
}

/// Errors in a list, or one that stands alone.
fn entries(value: &Value) -> Vec<Said> {
    match value {
        Value::Array(all) => all.iter().take(MOST).flat_map(entries).collect(),
        Value::Object(object) => match entry(object) {
            Some(said) => vec![said],
            // What is wrong with each field: `{"name": ["is too long"]}`.
            None => object.iter().filter_map(|(field, value)| of_field(field, value)).collect(),
        },
        other => words(other).map(|message| Said { message, ..Said::default() }).into_iter().collect(),
    }
}

fn entry(object: &Map<String, Value>) -> Option<Said> {
    let found = WORDS.iter().find_map(|name| Some((*name, words(object.get(*name)?)?)));
    let code = |name| match object.get(name) {
        Some(Value::String(code)) => Some(code.clone()),
        Some(Value::Number(code)) => Some(code.to_string()),
        _ => None,
    };
    let (name, message) = found.unwrap_or_default();
    let code = code("code").or_else(|| code("error").filter(|_| name != "error")).unwrap_or_default();
    if message.is_empty() && code.is_empty() {
        return None;
    }
    let detail = object.get("detail").filter(|detail| name != "detail" && !detail.is_null());
    Some(Said { code, message, detail: detail.map(ToString::to_string), is_page: false })
}

fn of_field(field: &str, value: &Value) -> Option<Said> {
    words(value).map(|message| Said { message: format!("{field}: {message}"), ..Said::default() })
}

/// All texts in a value, one after the other.
fn words(value: &Value) -> Option<String> {
    fn collect<'a>(value: &'a Value, depth: u32, texts: &mut Vec<&'a str>) {
        match value {
            Value::String(text) if !text.trim().is_empty() && texts.len() < MOST => texts.push(text.trim()),
            Value::Array(all) if depth > 0 => all.iter().for_each(|value| collect(value, depth - 1, texts)),
            Value::Object(all) if depth > 0 => {
                all.values().for_each(|value| collect(value, depth - 1, texts));
            }
            _ => {}
        }
    }
    let mut texts = Vec::new();
    collect(value, DEPTH, &mut texts);
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// A page has a title, storage speaks XML, anything else is taken as it is.
fn of_text(headers: &HeaderMap, text: &str) -> Option<Said> {
    let kind =
        headers.get(CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    let start: String = text.chars().take(15).collect::<String>().to_ascii_lowercase();
    let is_page =
        kind.starts_with(b"text/html") || start.starts_with("<!doctype html") || start.starts_with("<html");
    if is_page {
        let message = element(text, "title")?;
        return Some(Said { message, is_page, ..Said::default() });
    }
    if text.starts_with('<') {
        let code = element(text, "Code").unwrap_or_default();
        return element(text, "Message").map(|message| Said { code, message, ..Said::default() });
    }
    // Nothing, JSON that is cut off, or no text.
    let text = text.trim_end_matches('\u{fffd}');
    let is_cut = ["{", "[{", "[\""].iter().any(|start| text.starts_with(start));
    let unusable = text.is_empty() || is_cut || text.contains('\u{fffd}');
    (!unusable).then(|| Said { message: text.to_owned(), ..Said::default() })
}

/// The text of the first element of this name.
fn element(text: &str, name: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    let open = lower.find(&format!("<{name}>")).or_else(|| lower.find(&format!("<{name} ")))?;
    let from = open + lower[open..].find('>')? + 1;
    let end = from + lower[from..].find(&format!("</{name}"))?;
    let inner = text[from..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(inner, |text, (entity, letter)| text.replace(entity, letter));
    (!plain.is_empty()).then_some(plain)
}

/// What others wrote, as it may be shown: at most `most` characters, none that a terminal or a window obeys.
pub fn printable(text: &str, most: usize) -> String {
    let plain = text.chars().filter(|c| !is_turning(*c)).map(|c| if is_obeyed(c) { ' ' } else { c });
    plain.take(most).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(kind: &str, body: &str) -> (String, String) {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        let said = said(&headers, body.as_bytes()).into_iter().next().unwrap_or_default();
        (said.code, said.message)
    }

    /// Only the specification's form was read, and only with codes that are texts; of all others a status was left
    /// (podman-container-tools/skopeo#745: a read-only registry that says so).
    #[test]
    fn the_words_of_a_refusal_are_kept_in_every_form_they_come_in() {
        for (body, code, message) in [
            (r#"{"errors":[{"code":"DENIED","message":"denied"}]}"#, "DENIED", "denied"),
            (r#"{"errors":[{"code":403,"message":"denied"}]}"#, "403", "denied"),
            (r#"{"errors":[{"message":"quota"}]}"#, "", "quota"),
            (r#"{"errors":["quota"]}"#, "", "quota"),
            (r#"{"errors":"quota"}"#, "", "quota"),
            (r#"{"errors":{"name":["is too long","is odd"]}}"#, "", "name: is too long; is odd"),
            (r#"{"errors":[],"message":"quota"}"#, "", "quota"),
            (r#"{"errors":[{"code":"DENIED"}]}"#, "DENIED", ""),
            (r#"{"errors":[{"code":"DENIED","message":"","detail":"quota"}]}"#, "DENIED", "quota"),
            (
                r#"{"message":"Bad credentials","documentation_url":"https://docs.github.com"}"#,
                "",
                "Bad credentials",
            ),
            (r#"{"message":{"base":["not allowed"]}}"#, "", "not allowed"),
            (r#"{"code":"UNAUTHORIZED","message":"no"}"#, "UNAUTHORIZED", "no"),
            (r#"{"error":"access denied"}"#, "", "access denied"),
            (r#"{"error":{"code":7,"message":"no"}}"#, "7", "no"),
            (
                r#"{"error":"invalid_grant","error_description":"The token has expired."}"#,
                "invalid_grant",
                "The token has expired.",
            ),
            (r#"{"details":"incorrect username or password"}"#, "", "incorrect username or password"),
            (r#"{"type":"about:blank","title":"Forbidden","status":403,"detail":"no seat"}"#, "", "no seat"),
            (
                r#"{"status":413,"error":"Payload Too Large","message":"","path":"/v2/"}"#,
                "",
                "Payload Too Large",
            ),
            (r#"[{"message":"quota"}]"#, "", "quota"),
            (r#""quota""#, "", "quota"),
            ("\u{feff}{\"message\":\"quota\"}", "", "quota"),
            ("503 Egress is over the account limit\n", "", "503 Egress is over the account limit"),
            (
                "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
                "AccessDenied",
                "Request has expired",
            ),
            ("{\"message\":\"cut o", "", ""),
            ("{}", "", ""),
            ("null", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(first("text/plain", body), (code.to_owned(), message.to_owned()), "{body}");
        }
    }

    #[test]
    fn a_page_is_told_by_its_title_and_as_a_page() {
        let page = "<html>\n<head><TITLE class=x>413 Request\n Entity &amp; all</TITLE></head><body>secret</body></html>";
        for kind in ["text/html; charset=utf-8", "TEXT/HTML", "text/plain"] {
            assert_eq!(first(kind, page), (String::new(), "413 Request Entity & all".to_owned()));
        }
        assert!(said(&HeaderMap::new(), page.as_bytes())[0].is_page);
        assert_eq!(said(&HeaderMap::new(), b"<html>Bad gateway</html>"), []);
        assert_eq!(said(&HeaderMap::new(), b"\xff\xfe"), []);
    }

    #[test]
    fn an_answer_of_thousands_of_errors_is_a_few() {
        let many = format!("{{\"errors\":[{}1]}}", "{\"message\":\"x\"},".repeat(5000));
        assert_eq!(said(&HeaderMap::new(), many.as_bytes()).len(), MOST);
        let deep = format!("{}\"x\"{}", "[".repeat(100), "]".repeat(100));
        assert!(said(&HeaderMap::new(), deep.as_bytes()).len() <= 1);
    }

    #[test]
    fn what_a_terminal_obeys_is_not_shown() {
        assert_eq!(printable("a\u{1b}[31mb\r\nc\u{202e}d\u{2066}e\u{2028}f ", 100), "a [31mb  cde f");
        assert_eq!(printable("äöüäöü", 3), "äöü");
    }
}
