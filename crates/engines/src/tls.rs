//! TLS to an engine at a port: the authority and the person's certificate are files of their own, as Docker wants it.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::address::Certificates;
use crate::error::EngineError;

/// What a connection with these certificates is made with. A person's certificate that is not there is not shown.
///
/// # Errors
/// [`EngineError::Certificates`].
pub(crate) fn config(files: &Certificates) -> Result<Arc<ClientConfig>, EngineError> {
    let folder = files.authority.parent().unwrap_or(Path::new("")).display().to_string();
    let unusable = |reason: String| EngineError::Certificates { folder: folder.clone(), reason };
    let named = |path: &Path, error: String| {
        unusable(format!("{}: {error}", path.file_name().unwrap_or_default().to_string_lossy()))
    };
    let chain = |path: &Path| -> Result<Vec<CertificateDer<'static>>, EngineError> {
        let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        read.map_err(|error| named(path, error.to_string()))
    };
    let mut roots = RootCertStore::empty();
    for authority in chain(&files.authority)? {
        roots.add(authority).map_err(|error| named(&files.authority, error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots);
    let config = if files.certificate.exists() {
        let key = PrivateKeyDer::from_pem_file(&files.key);
        let key = key.map_err(|error| named(&files.key, error.to_string()))?;
        config
            .with_client_auth_cert(chain(&files.certificate)?, key)
            .map_err(|error| named(&files.certificate, error.to_string()))?
    } else {
        config.with_no_client_auth()
    };
    Ok(Arc::new(config))
}
