//! `slipway inspect`.

use serde_json::json;
use slipway_app::Finders;
use slipway_app::view::{Draft, FileFormat, ImageView, LayerSending, LeftOutView, LeftOutWhat, OpenedView};

use crate::arguments::Inspect;
use crate::exit::Exit;
use crate::output::{self, size};
use crate::{reading, token};

pub(crate) async fn run(arguments: Inspect) -> Exit {
    if let Some(message) = reading::from_terminal(std::slice::from_ref(&arguments.file)) {
        output::usage(message);
        return Exit::Usage;
    }
    let inputs = arguments.reading.inputs();
    let app = match token::app_with(Finders::None, inputs) {
        Ok(app) => app,
        Err(exit) => return exit,
    };
    let opening = Box::pin(app.images().open_path(&arguments.file, Draft::default()));
    match reading::told(&app, false, opening).await {
        Ok(opened) if arguments.json => {
            output::object(&json!({
                "file": opened.name,
                "fileSize": opened.file_size,
                "format": opened.format,
                "compressed": opened.compressed,
                "readMs": opened.read_ms,
                "images": opened.images,
                "leftOut": opened.left_out,
            }));
            Exit::Done
        }
        Ok(opened) => {
            print(&opened);
            Exit::Done
        }
        Err(failure) => {
            output::failure(&failure);
            Exit::of(&failure, false)
        }
    }
}

fn print(opened: &OpenedView) {
    let format = match opened.format {
        FileFormat::DockerArchive => "Docker archive",
        FileFormat::OciArchive => "OCI archive",
        FileFormat::OciLayout => "OCI layout",
    };
    let compressed = opened.compressed.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
    output::line(&format!("{}  {format}{compressed}, {}", opened.name, size(opened.file_size)));
    for image in &opened.images {
        print_image(image);
    }
    for left in &opened.left_out {
        print_left_out(left);
    }
}

fn print_left_out(left: &LeftOutView) {
    let selector = left.selector.as_deref().unwrap_or("- ");
    let names = if left.names.is_empty() { "no name".to_owned() } else { left.names.join(", ") };
    output::line("");
    output::line(&format!("{selector}  {names}"));
    if let Some(platform) = &left.platform {
        output::line(&format!("    platform  {platform}"));
    }
    if !left.media_type.is_empty() {
        output::line(&format!("    type      {}", left.media_type));
    }
    let what = match left.what {
        LeftOutWhat::NoImage => "no image, left out",
        LeftOutWhat::Absent => "not in the file",
        LeftOutWhat::Incomplete => "incomplete, cannot be published",
    };
    output::line(&format!("    {what}: {}", left.failure.message));
}

fn print_image(image: &ImageView) {
    let names: Vec<&str> = image.names.iter().map(|name| name.name.as_str()).collect();
    let names = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
    output::line("");
    output::line(&format!("{}  {names}", image.selector));
    output::line(&format!("    platform  {}", image.platforms.join(", ")));
    output::line(&format!("    size      {} in {} layers", size(image.size), image.layers.len()));
    if let Some(digest) = &image.digest {
        output::line(&format!("    digest    {digest}"));
    }
    if let Some(runs) = &image.runs {
        output::line(&format!("    runs      {runs}"));
    }
    for finding in &image.findings {
        output::line(&format!("    note      {}", finding.message));
    }
    for layer in &image.layers {
        let how = match layer.sending {
            LayerSending::AsStored if layer.stored == "other" => "as it is",
            LayerSending::AsStored => layer.stored.as_str(),
            LayerSending::Compressed => "plain, compressed when sent",
            LayerSending::NotInFile => "foreign, not in the file",
        };
        let made_by = layer.made_by.as_deref().unwrap_or("-");
        output::line(&format!("    {:>3}  {:>8}  {how}  {made_by}", layer.number, size(layer.declared_size)));
    }
}
