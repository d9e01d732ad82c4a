//! Why no answer came, by cause.

use std::fmt;
use std::io;

use rustls::CertificateError;
use rustls::pki_types::InvalidDnsNameError;

use crate::names::UnknownHost;
use crate::words::printable;

/// Why no answer came, or none to its end. Holds no address: the HTTP client's own words may hold one with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No address was found for the name: it is nobody's, or this computer is without a network.
    UnknownHost,
    /// The host is there and takes no connections at this port.
    Refused,
    /// No connection for another reason, or it broke.
    Connect,
    /// Nothing moved for too long.
    Timeout,
    /// No secure connection.
    Tls(Distrust),
    /// The proxy on the way wants a sign-in, or refuses the one it got (407).
    ProxySignIn,
    /// The proxy on the way cannot be reached.
    ProxyAway,
    /// The proxy on the way does not lead there, and its status where it is known.
    ProxyRefused(Option<u16>),
}

/// Why a secure connection was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// The certificate has ended, or this computer's clock is wrong.
    Ended,
    /// The certificate is not valid yet, or this computer's clock is wrong.
    NotYet,
    /// The certificate is of other names; some of them.
    Name(Vec<String>),
    /// Nobody that is trusted vouches for it.
    Issuer,
    /// An authority's own certificate, which is trusted of a server only where it stands in the host's certificate file.
    Authority,
    /// Another reason of the certificate.
    Certificate,
    /// The server and this program share no way to speak, or what answers does not speak TLS.
    Handshake,
}

/// Names of a certificate that are told.
const MOST_NAMES: usize = 3;

impl Fault {
    /// What the HTTP client's error means.
    pub fn of(error: &reqwest::Error) -> Self {
        let connecting = error.is_connect();
        let told = |inner| told(inner, connecting);
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            if let Some(fault) = told(inner) {
                return fault;
            }
            // What an input or output error was made of is not among its sources, and they stand in each other.
            let mut made_of = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            while let Some(part) = made_of {
                if let Some(fault) = told(part) {
                    return fault;
                }
                made_of = part.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            }
            source = inner.source();
        }
        if error.is_timeout() { Self::Timeout } else { Self::Connect }
    }

    /// In words, for a request to `host` by `proxy` (a word, or an address without a password).
    pub fn words(&self, host: &str, proxy: &str) -> String {
        match self {
            Self::UnknownHost => format!(
                "no connection to {host}: no address was found for this name; it may be misspelt, or this computer be \
                 without a network"
            ),
            Self::Refused => format!("no connection to {host}: it takes none at this port"),
            Self::Connect => format!("no connection to {host}, or it broke"),
            Self::Timeout => format!("{host} did not answer in time"),
            Self::Tls(distrust) => format!("no secure connection to {host}: {distrust}"),
            Self::ProxySignIn => format!(
                "the proxy to {host} ({proxy}) wants a user name and a password, or refuses those that it got"
            ),
            Self::ProxyAway => format!("the proxy to {host} ({proxy}) cannot be reached"),
            Self::ProxyRefused(None) => format!("the proxy to {host} ({proxy}) does not lead there"),
            Self::ProxyRefused(Some(status)) => {
                format!("the proxy to {host} ({proxy}) does not lead there: it answered {status}")
            }
        }
    }

    /// Asking again may help, without anything being changed.
    pub fn passes(&self) -> bool {
        match self {
            Self::UnknownHost | Self::Refused | Self::Connect | Self::Timeout | Self::ProxyAway => true,
            // A gateway that has nowhere to go for the moment.
            Self::ProxyRefused(status) => status.is_some_and(|status| matches!(status, 502..=504)),
            Self::Tls(_) | Self::ProxySignIn => false,
        }
    }

    /// Nobody answered at all, so that the name may be wrong or this computer without a network.
    pub fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::UnknownHost | Self::Refused | Self::Connect | Self::Timeout | Self::ProxyAway)
    }
}

/// What one error of a chain tells by its type; by its words only where it has no other. `connecting`: nothing was sent
/// yet; later a fault of TLS is a connection that broke.
fn told(error: &(dyn std::error::Error + 'static), connecting: bool) -> Option<Fault> {
    // What can be no name of a certificate is no host's, either.
    if error.is::<UnknownHost>() || error.is::<InvalidDnsNameError>() {
        return Some(Fault::UnknownHost);
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        let distrust = Distrust::of(error).filter(|_| connecting);
        return Some(distrust.map_or(Fault::Connect, Fault::Tls));
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return match error.kind() {
            io::ErrorKind::ConnectionRefused => Some(Fault::Refused),
            io::ErrorKind::TimedOut => Some(Fault::Timeout),
            _ => None,
        };
    }
    // The type of these is private (hyper-util's TunnelError).
    match error.to_string().as_str() {
        "tunnel error: proxy authorization required" => Some(Fault::ProxySignIn),
        "tunnel error: unsuccessful" => Some(Fault::ProxyRefused(None)),
        _ => None,
    }
}

impl Distrust {
    /// None for what may pass: a machine that is on its way out, a record that was garbled.
    fn of(error: &rustls::Error) -> Option<Self> {
        use rustls::AlertDescription::{HandshakeFailure, InsufficientSecurity, ProtocolVersion};
        let error = match error {
            rustls::Error::InvalidCertificate(error) => error,
            rustls::Error::InvalidMessage(_)
            | rustls::Error::PeerIncompatible(_)
            | rustls::Error::AlertReceived(HandshakeFailure | InsufficientSecurity | ProtocolVersion) => {
                return Some(Self::Handshake);
            }
            _ => return None,
        };
        Some(match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Ended,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYet,
            CertificateError::NotValidForName => Self::Name(Vec::new()),
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::Name(presented.iter().take(MOST_NAMES).map(|name| plain(name)).collect())
            }
            // An authority of the same name that is another one has signed nothing.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::Issuer,
            CertificateError::Other(other) if other.to_string() == "CaUsedAsEndEntity" => Self::Authority,
            _ => Self::Certificate,
        })
    }
}

/// A name as it may be shown: `DnsName("a.example")` as the verifier writes it, without what a terminal obeys.
fn plain(name: &str) -> String {
    let inner = name.split_once("(\"").and_then(|(_, rest)| rest.strip_suffix("\")")).unwrap_or(name);
    printable(inner, 100)
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("its certificate has ended, or this computer’s clock is wrong"),
            Self::NotYet => {
                f.write_str("its certificate is not valid yet, or this computer’s clock is wrong")
            }
            Self::Name(names) if names.is_empty() => f.write_str("its certificate is of another name"),
            Self::Name(names) => write!(f, "its certificate is of {}", names.join(", ")),
            Self::Issuer => f.write_str("nobody that is trusted vouches for its certificate"),
            Self::Authority => f.write_str("its certificate is one of an authority, not of a server"),
            Self::Certificate => f.write_str("its certificate cannot be used"),
            Self::Handshake => f.write_str("what answers there speaks no TLS that is known"),
        }
    }
}
