//! Ports of loopback that nobody else gets while a test runs.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use tokio::net::TcpSocket;

/// A free port that is this process's until it ends: whoever asks the system for any port, or connects, gets another
/// one, also while the server that was started here is away. Until somebody listens, connections are refused.
pub fn free_port() -> u16 {
    // Bound and never listening: a server that names the port may bind it as well, since it reuses addresses as this
    // socket does (`SO_REUSEADDR`), and the system hands it to nobody. Linux alone shares a port so; elsewhere it is
    // given back at once, and another program may come first.
    static KEPT: Mutex<Vec<TcpSocket>> = Mutex::new(Vec::new());
    let socket = TcpSocket::new_v4().expect("the system gives a socket");
    socket.set_reuseaddr(true).expect("an address can be reused");
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("loopback has a free port");
    let port = socket.local_addr().expect("it is bound").port();
    if cfg!(target_os = "linux") {
        KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(socket);
    }
    port
}

/// The same as an address. Until somebody listens there, it is a closed port.
pub fn free_address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, free_port()).into()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// A registry that came back after three seconds found an outgoing connection of another test at its port.
    #[test]
    fn a_port_stays_ours_while_its_server_is_away() {
        let address = free_address();
        let refused = || TcpStream::connect(address).unwrap_err().kind();
        assert_eq!(refused(), ErrorKind::ConnectionRefused);
        for _ in 0..2 {
            let listener = TcpListener::bind(address).unwrap();
            TcpStream::connect(address).unwrap();
            assert_eq!(TcpListener::bind(address).unwrap_err().kind(), ErrorKind::AddrInUse);
            drop(listener);
            assert_eq!(refused(), ErrorKind::ConnectionRefused);
        }
        let others: Vec<TcpListener> = (0..2000).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        assert!(others.iter().all(|other| other.local_addr().unwrap() != address));
    }
}
