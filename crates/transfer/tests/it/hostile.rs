//! Images that are meant to hurt: small, and naming the same thing again and again.

use slipway_archive::{Archive, OpenOptions, Target};
use slipway_stage::docs::{Malice, malice};
use slipway_stage::image::Oci;
use slipway_transfer::{Control, Events, Payload, PullRequest, pull};

use crate::{Stage, quick, wanted};

const TIMES: usize = 300;

/// A registry with an index that names one image many times.
async fn repeating(stage: &Stage) {
    let mut oci = Oci::default();
    let image = oci.image("x");
    let index = oci.index(&vec![image; TIMES]);
    let path = stage.folder().join("repeating.tar");
    std::fs::write(&path, oci.end(&[index])).unwrap();
    let archive = Archive::open(&path, &OpenOptions::default()).unwrap();
    let contents = Payload::of(&archive, &archive.images()[0]);
    stage.push_contents(contents, "octocat/a", quick()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_names_one_image_again_and_again_is_sent_and_fetched_once() {
    let stage = Stage::set().await;
    let manifests = |method: &str| {
        let requests = stage.practice.requests();
        let of = |path: &str| path.contains("/manifests/");
        requests.iter().filter(|request| request.method == method && of(&request.path)).count()
    };
    repeating(&stage).await;
    let put = manifests("PUT");
    assert!(put <= 2, "{put} manifests were put");
    stage.practice.forget_requests();
    let request = PullRequest {
        images: vec![wanted("ghcr.io/octocat/a:1.0", &stage.registry())],
        default_platform: "linux/amd64".to_owned(),
        format: Target::OciArchive,
        output: stage.folder().join("pulled.tar"),
        unfinished: Vec::new(),
        here: None,
        no_zstd: None,
    };
    let events: Events = std::sync::Arc::new(|_| {});
    pull(&request, &events, &Control::new(&events)).await.unwrap();
    let fetched = manifests("GET");
    assert!(fetched <= 2, "{fetched} manifests were fetched");
    let archive = Archive::open(&request.output, &OpenOptions::default()).unwrap();
    let slipway_image::Node::Index(index) = &archive.images()[0].root else { panic!("no index") };
    assert_eq!(index.children.len(), TIMES);
    documented();
}

/// What is proven here and beside the code (`crates/transfer/src/{content,check}.rs`).
fn documented() {
    let row = |input, before, bound, seen| Malice { input, before, bound, seen };
    malice(
        "transfer",
        &[
            row(
                "an index that names one image again and again, fetched (`pull`)",
                "4 GB, an abort",
                "each manifest is fetched and written once; 32 MiB of them are read of an image; 8 MiB wait in memory, beside the images' own and those that speak of them; 10,000 in all",
                "the file",
            ),
            row(
                "the same, sent",
                "a copy of each manifest for each place",
                "each manifest is put once",
                "the published image",
            ),
            row(
                "a layer with an extension header of gigabytes (493 bytes as zstd), in Image details",
                "4.3 GB",
                "1 MiB for a header",
                "the layer is refused, by its name",
            ),
            row(
                "a layer that unpacks to gigabytes, sent",
                "minutes",
                "20 times its size, and 256 MiB in any case, or `--max-unpacked`",
                "nothing is tagged; the window asks and publishes again; the command ends with 3 and names the option",
            ),
        ],
    );
}
