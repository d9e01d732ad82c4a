//! `slipway hosts`.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct Hosts {
    #[command(subcommand)]
    pub(crate) command: HostsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HostsCommand {
    /// Show them.
    List {
        /// Print one JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Add a host, or set one that is there. What is not said stays; an empty value ("") is as usual again.
    Add(SetHost),
    /// Remove an added host; what is set for github.com is as usual again.
    Remove {
        /// Its name.
        host: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SetHost {
    /// A GitHub Enterprise host such as ghe.example.com or octocorp.ghe.com, with --registry any other registry, or
    /// github.com.
    pub(crate) host: String,
    /// It is a registry of its own, not a GitHub Enterprise host.
    #[arg(long, conflicts_with_all = ["api", "containers", "docker"])]
    pub(crate) registry: bool,
    /// A private certificate authority, PEM.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<String>,
    /// The way there: none, or a proxy's address, such as `http://octocat@proxy.example.com:8080`. Empty, as
    /// everywhere else.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) proxy: Option<String>,
    /// Read the password for the proxy's user name from standard input, and keep it in the system's keychain.
    #[arg(long, requires = "proxy")]
    pub(crate) proxy_password_stdin: bool,
    /// A host of somebody else that tokens may be asked for at, where the registry says so, such as auth.example.com.
    /// The credential is sent there.
    #[arg(long, value_name = "HOST")]
    pub(crate) realm: Option<String>,
    /// The address of its REST API, where it is not the usual one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) api: Option<String>,
    /// Its container registry, where it is not containers.HOST: a host, an address, or none.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) containers: Option<String>,
    /// Its older Docker registry, where it is not docker.HOST: a host, an address, or none. Without subdomain
    /// isolation that is HOST itself.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) docker: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::arguments::{Arguments, Command, HostsCommand};

    #[test]
    fn a_host_is_set_with_options_that_go_together() {
        let parse = |options: &str| {
            let words = ["slipway", "hosts", "add", "ghe.example.com"].into_iter();
            Arguments::try_parse_from(words.chain(options.split_whitespace()))
        };
        let all = "--ca-file ca.pem --proxy http://u@p:1 --proxy-password-stdin --realm r --api a --containers c --docker d";
        let Command::Hosts(hosts) = parse(all).unwrap().command else { panic!("{all}") };
        let HostsCommand::Add(host) = hosts.command else { panic!("{all}") };
        assert_eq!((host.proxy.as_deref(), host.proxy_password_stdin), (Some("http://u@p:1"), true));
        assert_eq!(
            (host.api, host.containers, host.docker),
            (Some("a".into()), Some("c".into()), Some("d".into()))
        );
        assert_eq!(host.realm.as_deref(), Some("r"));
        assert!(parse("--registry --proxy none --realm auth.example.com").is_ok());
        for wrong in ["--proxy-password-stdin", "--registry --api a", "--registry --docker d"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
