//! Whose certificates are trusted.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// What the HTTP client needs for TLS: the system's authorities, and those of `ca_file` (PEM). With `later` the system's
/// are read when somebody's certificate is judged: where a host is reached by plain http, that is after a redirect only.
///
/// # Errors
/// Why the file or the system's authorities cannot be used, in words.
pub(crate) fn config(ca_file: Option<&Path>, later: bool) -> Result<ClientConfig, String> {
    let (trust, provider) = trust(ca_file, later)?;
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = builder
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(trust))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn trust(ca_file: Option<&Path>, later: bool) -> Result<(Trust, Arc<CryptoProvider>), String> {
    let own = ca_file.map(certificates).transpose()?.unwrap_or_default();
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
    let usual = System { provider: Arc::clone(&provider), own: own.clone(), made: OnceLock::new() };
    if !later {
        usual.verifier().map_err(|error| error.to_string())?;
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(own.iter().cloned());
    let second =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().ok();
    Ok((Trust { usual, own, second }, provider))
}

/// The system's judgement, with authorities of the person's own. To read the system's takes as long as many requests.
#[derive(Debug)]
struct System {
    provider: Arc<CryptoProvider>,
    own: Vec<CertificateDer<'static>>,
    made: OnceLock<Result<Verifier, Error>>,
}

impl System {
    fn verifier(&self) -> Result<&Verifier, Error> {
        let made = self.made.get_or_init(|| {
            let provider = Arc::clone(&self.provider);
            if self.own.is_empty() {
                Verifier::new(provider)
            } else {
                Verifier::new_with_extra_roots(self.own.iter().cloned(), provider)
            }
        });
        made.as_ref().map_err(Clone::clone)
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let unusable =
        |reason: String| format!("the certificate file {} cannot be used: {reason}", path.display());
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.map_err(|error| unusable(error.to_string()))?;
    if found.is_empty() { Err(unusable("it holds no certificate".to_owned())) } else { Ok(found) }
}

/// The system's judgement, and that of its person: a certificate that stands itself in the file is trusted, as Docker's
/// own instructions for a private registry have it (its certificate is an authority at the same time, which the usual
/// rules take from no server).
#[derive(Debug)]
struct Trust {
    usual: System,
    own: Vec<CertificateDer<'static>>,
    /// Trusts what stands in the file alone.
    second: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let refused = match self.usual.verifier()?.verify_server_cert(server, between, name, ocsp, now) {
            Err(refused) => refused,
            trusted => return trusted,
        };
        // What the system says of a certificate differs from system to system, so that one that stands in the file is
        // judged a second time, by the same rules everywhere. They look at its time before its use.
        let Some(second) = self.second.as_ref().filter(|_| self.own.iter().any(|own| own == server)) else {
            return Err(refused);
        };
        match second.verify_server_cert(server, between, name, ocsp, now) {
            Err(Error::InvalidCertificate(CertificateError::Other(other)))
                if other.to_string() == "CaUsedAsEndEntity" =>
            {
                verify_server_name(&ParsedCertificate::try_from(server)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verifier()?.verify_tls12_signature(message, server, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verifier()?.verify_tls13_signature(message, server, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_authorities_are_read_at_once_or_when_a_certificate_is_judged() {
        let (trust, _) = trust(None, false).unwrap();
        assert!(trust.usual.made.get().is_some());
        let (later, _) = super::trust(None, true).unwrap();
        assert!(later.usual.made.get().is_none() && !later.supported_verify_schemes().is_empty());
        later.usual.verifier().unwrap();
        assert_eq!(later.supported_verify_schemes(), trust.supported_verify_schemes());
    }
}
