//! What the page must not decide alone. It shows hostile names and registries' words; one that was taken over could ask
//! for anything that its commands can do. Where a credential goes to a new place, the shell therefore asks the person
//! outside of the page: with the system's own dialog, whose words are made here.

use std::fmt::Write as _;
use std::pin::Pin;

use super::recipient::Recipient;

/// Asks the person, where the page cannot answer for them.
pub trait Confirm: Send + Sync {
    /// Whether they want it.
    fn confirm(&self, question: Question) -> Pin<Box<dyn Future<Output = bool> + Send + '_>>;
}

/// For shells whose person wrote the command itself: a command line is no page.
pub struct Commanded;

impl Confirm for Commanded {
    fn confirm(&self, _: Question) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(std::future::ready(true))
    }
}

/// A question in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub title: String,
    /// What it is about: whose token, and where to.
    pub text: String,
    /// The button that allows it.
    pub yes: String,
    /// The button that leaves everything as it is.
    pub no: String,
}

/// What a question is about.
pub(crate) enum About<'a> {
    /// The token of accounts that are there.
    Accounts(&'a [String]),
    /// A new account's, at this host.
    NewAccount(&'a str),
    /// One that was read from the clipboard, for this host.
    Clipboard(&'a str),
    /// One that was read from a file of this name, for this host.
    File(&'a str, &'a str),
}

/// The characters of a name that are shown, at most.
const LONGEST: usize = 200;

impl Question {
    /// May a token go to these places? `language` is `en` or `zh-CN`.
    pub(crate) fn of<'a>(
        language: &str,
        about: &About<'_>,
        places: impl IntoIterator<Item = &'a Recipient>,
    ) -> Self {
        let chinese = language == "zh-CN";
        let say = |english: &str, other: &str| if chinese { other } else { english }.to_owned();
        let head = match about {
            About::Accounts(ids) => {
                let ids = ids.iter().map(|id| plain(id)).collect::<Vec<_>>().join(&say(", ", "、"));
                say(
                    &format!("The token of {ids} would go to a new place:"),
                    &format!("{ids} 的令牌将发往新的地址："),
                )
            }
            About::NewAccount(host) => say(
                &format!("A token for {} would go to a place that its name does not say:", plain(host)),
                &format!("{} 的令牌将发往其名称未表明的地址：", plain(host)),
            ),
            About::Clipboard(host) => say(
                &format!("The token in the clipboard would go to {}:", plain(host)),
                &format!("剪贴板中的令牌将发往 {}：", plain(host)),
            ),
            About::File(name, host) => say(
                &format!("The token in the file {} would go to {}:", plain(name), plain(host)),
                &format!("文件 {} 中的令牌将发往 {}：", plain(name), plain(host)),
            ),
        };
        let mut text = format!("{head}\n");
        for place in places {
            let (kind, address) = match place {
                Recipient::Registry(address) => (say("Registry", "注册表"), address),
                Recipient::Api(address) => (say("REST API", "REST API"), address),
                Recipient::Realm(address) => (say("Token service", "令牌服务"), address),
                Recipient::Authority(path) => (say("Trusted certificate file", "信任的证书文件"), path),
                Recipient::Proxy(address) => (say("Proxy", "代理"), address),
            };
            // Writing to a string does not fail.
            let _ = write!(text, "\n{kind}{}{}", say(": ", "："), plain(address));
        }
        text.push_str("\n\n");
        text.push_str(&say(
            "Whoever runs it could use the token. Allow this only if you asked for it.",
            "对方的运营者可以使用该令牌。只有在你本人要求时才允许。",
        ));
        Self {
            title: say("Send the token there?", "将令牌发往那里？"),
            text,
            yes: say("Send the token there", "发往那里"),
            no: say("Cancel", "取消"),
        }
    }
}

/// A name on one line, in the order that it is written in: it may come from the page, and must not write the question
/// anew.
fn plain(text: &str) -> String {
    let odd = |c: &char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
    };
    let mut shown: String = text.chars().filter(|c| !odd(c)).take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_whose_token_goes_where_and_no_name_can_write_it_anew() {
        let place = Recipient::Api("https://evil.test/\n\nEverything is fine.\u{202e}".to_owned());
        let ids = ["octocat@ghe.example.com".to_owned()];
        let about = [
            About::Accounts(&ids),
            About::NewAccount("ghe.example.com"),
            About::Clipboard("ghe.example.com"),
            About::File("TOKEN\n.txt", "ghe.example.com"),
        ];
        for about in about {
            for language in ["en", "zh-CN"] {
                let question = Question::of(language, &about, [&place]);
                let lines: Vec<&str> = question.text.lines().collect();
                assert_eq!(lines.len(), 5, "{question:?}");
                assert!(lines[0].contains("ghe.example.com") && lines[2].contains("https://evil.test/"));
                assert!(!question.text.contains('\u{202e}'));
                assert_eq!(question.no == "Cancel", language == "en");
            }
        }
    }
}
