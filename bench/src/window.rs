//! The real window while a gigabyte goes up: how long it stands still, how soon it is there, how it scrolls.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use slipway_tests::display::Display;
use slipway_tests::playground::{Playground, Setups as _};
use slipway_tests::window::{Setup, Window};
use slipway_tests::{program, steps};

use crate::Outcome;
use crate::content::Content;
use crate::images::BIG;
use crate::measure::median;
use crate::table::Table;

/// Jobs in the history that is scrolled through.
const JOBS: u32 = 10_000;

/// Notes the time between every two frames.
const WATCH_FRAMES: &str = "
    const watch = { gaps: [], last: performance.now() };
    window.__frames = watch;
    const frame = (now) => {
        if (window.__frames !== watch) return;
        watch.gaps.push(now - watch.last);
        watch.last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";

/// The gaps since then, milliseconds.
const TAKE_FRAMES: &str = "
    const { gaps } = window.__frames;
    window.__frames = undefined;
    return gaps.slice(1);";

/// Scrolls the page a little at every frame, to its end and back, for as long as frames are watched.
const SCROLL: &str = "
    const main = document.querySelector('main');
    let step = arguments[0];
    const scroll = () => {
        if (!window.__frames) return;
        const before = main.scrollTop;
        main.scrollTop += step;
        if (main.scrollTop === before) step = -step;
        requestAnimationFrame(scroll);
    };
    requestAnimationFrame(scroll);";

/// Types into a field at once, and notes how long it takes until all checks have answered.
const TYPE_AND_CHECK: &str = "
    const [field, text] = arguments;
    const checks = document.getElementById('checks');
    const began = performance.now();
    window.__checked = null;
    const observer = new MutationObserver(() => {
        if (checks.getAttribute('aria-busy') !== 'false') return;
        window.__checked = performance.now() - began;
        observer.disconnect();
    });
    observer.observe(checks, { attributes: true });
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));";

/// Gaps between frames of one stretch, milliseconds.
struct Gaps {
    longest: f64,
    /// Ninety-nine of a hundred are no longer.
    most: f64,
}

impl Gaps {
    fn of(gaps: &Value) -> Outcome<Self> {
        let mut gaps: Vec<f64> = gaps.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        gaps.sort_by(f64::total_cmp);
        let longest = *gaps.last().ok_or("no frame was drawn")?;
        Ok(Self { longest, most: gaps[(gaps.len() - 1) * 99 / 100] })
    }
}

/// What is measured, in the order of the table.
const STRETCHES: [&str; 5] = [
    "nothing runs, Publish",
    "a push runs, its page",
    "a push runs, typing in Publish",
    "a push runs, scrolling Activity",
    "10,000 jobs, scrolling Activity from end to end",
];

/// The window's figures, `runs` times.
pub(crate) fn measure(runs: usize, content: &Content, folder: &Path) -> Outcome<Table> {
    println!("\n==> window");
    let archive = BIG.archive(content, folder)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (mut starts, mut rounds, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=runs {
        let display = Display::start();
        starts.push(start(&display)?);
        let (gaps, checked) = runtime.block_on(Box::pin(push(&display, &archive)))?;
        println!(
            "    round {round}: there after {:.2} s; longest gaps {} ms",
            starts[round - 1],
            gaps.iter().map(|gaps| format!("{:.0}", gaps.longest)).collect::<Vec<_>>().join(", ")
        );
        rounds.push(gaps);
        checks.push(checked);
    }
    let spread = |numbers: Vec<f64>, digits: usize| {
        let (least, most) = numbers
            .iter()
            .fold((f64::MAX, 0.0_f64), |(least, most), &number| (least.min(number), most.max(number)));
        format!("{:.digits$} ({least:.digits$} to {most:.digits$})", median(numbers))
    };
    let mut text = "| | longest gap between frames, ms | 99 % of the gaps, ms |\n|---|---|---|\n".to_owned();
    for (at, stretch) in STRETCHES.iter().enumerate() {
        let longest = spread(rounds.iter().map(|gaps| gaps[at].longest).collect(), 0);
        let most = spread(rounds.iter().map(|gaps| gaps[at].most).collect(), 0);
        writeln!(text, "| {stretch} | {longest} | {most} |")?;
    }
    writeln!(text, "\nFrom the start of the program to the painted window: {} s.", spread(starts, 2))?;
    let of = |at: fn(&Checked) -> f64| spread(checks.iter().map(at).collect(), 0);
    writeln!(
        text,
        "\nFrom the last key to the answer of every check, of which 400 ms are the wait for another key: {} ms for a new \
         owner, {} ms for another version.",
        of(|checked| checked.owner),
        of(|checked| checked.version)
    )?;
    Ok(Table::of_text("window", "the window while 1.2 GB go up", text))
}

/// Seconds from the start of the program until its window, which is shown when it is painted, is to be seen.
fn start(display: &Display) -> Outcome<f64> {
    let home = tempfile::tempdir()?;
    let began = Instant::now();
    let mut window = Command::new(program("slipway-desktop"))
        .env("SLIPWAY_HOME", home.path())
        .env("DISPLAY", display.name())
        .env("NO_AT_BRIDGE", "1")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    while !display.shows_slipway() {
        if began.elapsed() > Duration::from_secs(60) {
            return Err("the window does not come".into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let seconds = began.elapsed().as_secs_f64();
    window.kill()?;
    window.wait()?;
    Ok(seconds)
}

/// How long the checks take after a key, milliseconds.
struct Checked {
    /// Registry and GitHub are asked about another owner.
    owner: f64,
    /// What GitHub said of the destination is still good.
    version: f64,
}

/// Signs in and times the checks.
async fn preflight(window: &Window, playground: &Playground) -> Outcome<Checked> {
    steps::sign_in(window, playground, "publish").await;
    steps::checked(window).await;
    let owner = checked(window, "Owner", "octo-org").await?;
    let version = checked(window, "Version", "2.0").await?;
    window.fill("Version", "").await;
    window.fill("Owner", "octocat").await;
    steps::checked(window).await;
    Ok(Checked { owner, version })
}

async fn checked(window: &Window, field: &str, text: &str) -> Outcome<f64> {
    let field = window.find("textbox", field).await;
    window.script(TYPE_AND_CHECK, &[serde_json::to_value(&field)?, json!(text)]).await;
    for _ in 0..600 {
        if let Some(time) = window.script("return window.__checked", &[]).await.as_f64() {
            return Ok(time);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the checks do not end".into())
}

/// Publishes the archive and looks at the window meanwhile; then scrolls through a long history.
async fn push(display: &Display, archive: &Path) -> Outcome<(Vec<Gaps>, Checked)> {
    let playground = Playground::start().await;
    let setup = Setup { argument: Some(archive.to_owned()), ..playground.setup() }.on(display, None);
    let window = Window::open(setup).await;
    let mut gaps = vec![watch(&window, async || rest(3).await).await?];
    let checked = preflight(&window, &playground).await?;
    // A push of its own for each stretch: one alone is over too soon.
    playground.link_nothing();
    begin(&window, &playground, "watched").await;
    gaps.push(watch(&window, async || rest(3).await).await?);
    end(&window).await?;
    begin(&window, &playground, "typed").await;
    window.press("link", "Publish").await;
    window.find("textbox", "Owner").await;
    let typing = async || {
        for _ in 0..2 {
            window.fill("Owner", "octo-organization").await;
        }
    };
    gaps.push(watch(&window, typing).await?);
    end(&window).await?;
    begin(&window, &playground, "scrolled").await;
    window.press("link", "Activity").await;
    window.find("heading", "Activity").await;
    let scrolling = async || {
        window.script(SCROLL, &[json!(40)]).await;
        rest(3).await;
    };
    gaps.push(watch(&window, scrolling).await?);
    end(&window).await?;
    window.see("digest verified").await;
    let home = window.leave().await;
    fill_history(home.path())?;

    let window = Window::open(playground.setup().on(display, None).at(home)).await;
    window.press("link", "Activity").await;
    window.see("digest verified").await;
    let through = async || {
        window.script(SCROLL, &[json!(4000)]).await;
        // Of one day all: the list says how many there are.
        let rows = "return Number(document.querySelector('[aria-setsize]').ariaSetSize)";
        while window.script(rows, &[]).await.as_u64() < Some(JOBS.into()) {
            rest(1).await;
        }
    };
    gaps.push(watch(&window, through).await?);
    window.close().await;
    Ok((gaps, checked))
}

/// Begins to publish under this name.
async fn begin(window: &Window, playground: &Playground, name: &str) {
    window.press("link", "Publish").await;
    window.fill("Image name", name).await;
    steps::publish(window, playground).await;
    window.find("progressbar", "Publishing").await;
}

/// Sees to it that the push was under way all the time, and waits for its end.
async fn end(window: &Window) -> Outcome<()> {
    window.press("link", "Activity").await;
    if !window.has("progressbar", "Publishing").await {
        return Err("the push ended before everything was looked at".into());
    }
    window.gone("progressbar", "Publishing").await;
    Ok(())
}

/// Frames while something is done.
async fn watch(window: &Window, work: impl AsyncFnOnce()) -> Outcome<Gaps> {
    window.script(WATCH_FRAMES, &[]).await;
    work().await;
    Gaps::of(&window.script(TAKE_FRAMES, &[]).await)
}

async fn rest(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// Makes many jobs of the first one that is kept.
fn fill_history(home: &Path) -> Outcome<()> {
    let database = rusqlite::Connection::open(home.join("slipway.db"))?;
    database.execute(
        "WITH RECURSIVE number(n) AS (SELECT max(id) + 1 FROM jobs UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
         INSERT INTO jobs SELECT n, state, run, file, find, json_set(view, '$.id', n), ended
         FROM number, (SELECT * FROM jobs ORDER BY id LIMIT 1)",
        [JOBS],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_gap_is_found_and_one_in_a_hundred_left_out() {
        let mut gaps = vec![16.0; 198];
        gaps.extend([90.0, 30.0]);
        let found = Gaps::of(&json!(gaps)).unwrap();
        assert!((found.longest - 90.0).abs() < 0.1 && (found.most - 16.0).abs() < 0.1);
        assert!(Gaps::of(&json!([])).is_err());
    }
}
