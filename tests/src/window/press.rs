//! Pressing: with the pointer as a person would, or by keys where this driver's pointer goes astray.

use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use serde_json::Value;

use super::{SHORT, Window};
use crate::keys::enter;

/// How long a press may take from the driver to the page.
const ARRIVES: Duration = Duration::from_secs(2);

impl Window {
    /// Presses a button, link, radio or the like.
    pub async fn press(&self, role: &str, name: &str) {
        self.press_found(role, name, async || self.find(role, name).await).await;
    }

    /// Presses the last control of this name: in a dialog, the one at its end.
    pub async fn press_last(&self, role: &str, name: &str) {
        let script = "return [...document.querySelectorAll('dialog[open] footer button')].at(-1)";
        let last = async || {
            self.find(role, name).await;
            let found = self.script(script, &[]).await;
            self.element(&found).expect("a button at the end of the dialog")
        };
        self.press_found(role, name, last).await;
    }

    async fn press_found(&self, role: &str, name: &str, find: impl AsyncFn() -> Element) {
        // A control may be drawn anew between finding and pressing it, and what opens takes its time.
        let began = Instant::now();
        loop {
            let element = find().await;
            match self.press_once(&element).await {
                Ok(true) => return,
                told if began.elapsed() > SHORT => {
                    let (place, text) = (self.place(&element).await, self.text().await);
                    panic!("{role} “{name}” cannot be pressed ({told:?}), {place}, in:\n{text}");
                }
                // Where the driver does not bring it into view, people scroll.
                _ => self.to_middle(&element).await,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Presses a control, and asks the page whether it was this one that got the press.
    async fn press_once(&self, element: &Element) -> Result<bool, CmdError> {
        if self.by_keys() {
            return self.press_by_keys(element).await.map(|()| true);
        }
        // The driver reckons where to press and presses there: on a busy machine the page may have moved between the two.
        // What is chosen from a list gets no press at all.
        // What takes no press yet is waited for: the label of such a control would take it and do nothing.
        let watch = "const [node] = arguments;
            if ((node.control ?? node.querySelector('input') ?? node).disabled) return false;
            window.__pressed = node.tagName === 'OPTION';
            node.addEventListener('click', () => (window.__pressed = true), { capture: true, once: true });
            return true;";
        if self.client.execute(watch, handle(element)).await? != true {
            return Ok(false);
        }
        element.click().await?;
        // On a busy machine the press comes after the driver's word that it was made: pressed again, a switch would go
        // back. A page that was loaded anew by the press knows nothing of it.
        Ok(self.until("return window.__pressed ?? true", &[], ARRIVES).await.is_some())
    }

    async fn to_middle(&self, element: &Element) {
        // It may be gone by now; then it is found anew.
        let _ =
            self.client.execute("arguments[0].scrollIntoView({ block: 'center' })", handle(element)).await;
    }

    /// Where an element is, and what lies there, for who looks for the reason.
    async fn place(&self, element: &Element) -> Value {
        let script = "const { x, y, width, height } = arguments[0].getBoundingClientRect();
            const there = document.elementFromPoint(x + width / 2, y + height / 2);
            return { x, y, width, height, window: [innerWidth, innerHeight], scrolled: [scrollX, scrollY],
                there: there?.outerHTML.slice(0, 200) ?? null };";
        self.client.execute(script, handle(element)).await.unwrap_or_default()
    }

    /// This driver clicks beside what is zoomed.
    fn by_keys(&self) -> bool {
        self.setup.settings.contains("zoom")
    }

    async fn press_by_keys(&self, element: &Element) -> Result<(), CmdError> {
        let script = "const node = arguments[0].querySelector('input') ?? arguments[0];
            node.focus();
            return [document.activeElement === node, ['radio', 'checkbox'].includes(node.type)];";
        let told = self.client.execute(script, handle(element)).await?;
        let types = element.tag_name().await?.eq_ignore_ascii_case("input") && told[1] != true;
        if told[0] == true && !types {
            self.keys(&if told[1] == true { " ".to_owned() } else { enter() }).await;
        }
        Ok(())
    }

    /// Presses the main button of the form, whatever it says in this language.
    pub async fn press_main(&self) {
        let pressed = "return document.activeElement.id === 'publish-button'";
        self.script("document.getElementById('publish-button').focus()", &[]).await;
        assert_eq!(self.script(pressed, &[]).await, true, "the main button takes the focus");
        self.keys(&enter()).await;
    }

    /// Puts the pointer where nothing reacts to it.
    pub async fn rest_pointer(&self) {
        let rest = PointerAction::MoveTo { duration: None, x: 1.0, y: 1.0 };
        let pointer = MouseActions::new("mouse".to_owned()).then(rest);
        self.client.perform_actions(pointer).await.expect("the pointer moves");
    }
}

/// An element as what a script is given.
fn handle(element: &Element) -> Vec<Value> {
    vec![serde_json::to_value(element).expect("an element is JSON")]
}
