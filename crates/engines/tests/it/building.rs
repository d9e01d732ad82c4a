//! Builds at an engine that is made of a socket.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use slipway_engines::{
    Address, BuildError, BuildRequest, Context, ContextError, Engine, Kind, Origin, Place,
};
use slipway_stage::engine::{self, Like};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

/// The engine has begun to answer when the folder turns out to be one that cannot be sent.
#[tokio::test]
async fn a_folder_that_fails_is_told_and_not_that_the_answer_broke_off() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join(OsStr::from_bytes(b"z\xff"));
    std::fs::write(folder.path().join("Dockerfile"), "FROM scratch").unwrap();
    // More than waits on the way, so that the answer comes first.
    std::fs::write(folder.path().join("big"), vec![b'x'; 8 << 20]).unwrap();
    std::fs::write(&odd, "z").unwrap();
    let sockets = tempfile::tempdir().unwrap();
    let socket = sockets.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let answering = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 4096];
        assert!(stream.read(&mut bytes).await.unwrap() > 0);
        let begun = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n";
        stream.write_all(begun).await.unwrap();
        while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
    });
    let double = engine::Engine::start(Like::Docker);
    let place =
        |socket| Place { address: Address::Socket(socket), origin: Origin::Usual, kind: Kind::Docker };
    let mut engine = Engine::connect(place(double.socket()), Duration::from_secs(60)).await.unwrap();
    engine.place = place(socket);
    let request = BuildRequest {
        context: Context::open(folder.path(), None).unwrap(),
        names: Vec::new(),
        target: None,
        platform: None,
        arguments: Vec::new(),
        secrets: Vec::new(),
        network: None,
    };
    let failed = engine.build(&request, |_| ()).await.unwrap_err();
    let BuildError::Context(ContextError::File { path, .. }) = &failed else { panic!("{failed:?}") };
    assert_eq!(*path, odd);
    answering.await.unwrap();
}
