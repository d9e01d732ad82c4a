//! What errors of the Secret Service mean.

use std::error::Error;

use secret_service::Error as ServiceError;

use crate::keychain::{KeychainError, MissingReason};

pub(in crate::keychain) fn error(cause: &(dyn Error + Send + Sync + 'static)) -> KeychainError {
    match cause.downcast_ref::<ServiceError>() {
        Some(failed) => meaning(failed),
        None => KeychainError::Other(cause.to_string()),
    }
}

fn meaning(failed: &ServiceError) -> KeychainError {
    match failed {
        // A dismissed question, and one that could not be shown, look the same.
        ServiceError::Locked | ServiceError::Prompt | ServiceError::PromptDisconnected => {
            KeychainError::Locked
        }
        // The store asks for a keyring only when it saves.
        ServiceError::NoResult => KeychainError::Missing(MissingReason::NoKeyring),
        ServiceError::Unavailable => KeychainError::Missing(MissingReason::NoBus),
        ServiceError::Zbus(failed) => on_the_bus(failed),
        ServiceError::ZbusFdo(failed) => on_the_bus(&zbus::Error::from(failed.clone())),
        failed => KeychainError::Other(failed.to_string()),
    }
}

pub(super) fn on_the_bus(failed: &zbus::Error) -> KeychainError {
    let name = match failed {
        zbus::Error::Address(_)
        | zbus::Error::Connection(..)
        | zbus::Error::Handshake(_)
        | zbus::Error::InputOutput(_) => return KeychainError::Missing(MissingReason::NoBus),
        zbus::Error::MethodError(name, ..) => name.to_string(),
        zbus::Error::FDO(failed) => zbus::DBusError::name(&**failed).to_string(),
        failed => return KeychainError::Other(failed.to_string()),
    };
    let reason = name.strip_prefix("org.freedesktop.DBus.Error.").unwrap_or(&name);
    match reason {
        "ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "Disconnected" => {
            KeychainError::Missing(MissingReason::NoService)
        }
        // The service's program could not be started.
        reason if reason.starts_with("Spawn.") => KeychainError::Missing(MissingReason::NoService),
        "TimedOut" | "Timeout" => KeychainError::TimedOut,
        "AccessDenied" | "AuthFailed" => KeychainError::Denied,
        "org.freedesktop.Secret.Error.IsLocked" => KeychainError::Locked,
        _ => KeychainError::Other(failed.to_string()),
    }
}
