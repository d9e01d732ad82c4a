//! Whose a name is, by the public suffix list (publicsuffix.org).

/// Each company's part of it is the company's own, though the list does not say so.
const GHE_COM: &str = "ghe.com";

/// Whether both names are of one owner: they stand below the same registrable domain. A name that is itself a public
/// suffix, such as `github.io`, is of no owner that could have another. Where the list does not know an ending, such as
/// the `.corp` of a company's own network, the list's own rule for that counts: one label is the suffix.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    registrable(one).is_some_and(|domain| registrable(other) == Some(domain))
}

fn registrable(name: &str) -> Option<String> {
    // Addresses hold the letters of other scripts encoded, the list holds them as they are.
    let (name, valid) = idna::domain_to_unicode(name);
    valid.ok()?;
    let domain = psl::domain_str(&name)?;
    if domain != GHE_COM {
        return Some(domain.to_owned());
    }
    let company = name.strip_suffix(GHE_COM)?.strip_suffix('.')?.rsplit('.').next()?;
    Some(format!("{company}.{GHE_COM}"))
}

#[cfg(test)]
mod tests {
    use super::is_same;

    /// A rule of thumb by the length of labels took strangers for one owner, who then got the credential: two pages of
    /// github.io, two buckets of a cloud, two companies below a country's domain.
    #[test]
    fn strangers_below_one_public_suffix_are_not_one_owner() {
        for (one, other) in [
            ("octocat.github.io", "evil.github.io"),
            ("github.io", "evil.github.io"),
            ("github.io", "github.io"),
            ("registry.s3.amazonaws.com", "evil.s3.amazonaws.com"),
            ("a.eu-west-1.elb.amazonaws.com", "b.eu-west-1.elb.amazonaws.com"),
            ("registry.shop.co.uk", "evil.co.uk"),
            ("registry.blogspot.com", "evil.blogspot.com"),
            ("registry.web.app", "evil.web.app"),
            ("one.azurewebsites.net", "two.azurewebsites.net"),
            // 公司.cn
            ("a.xn--55qx5d.cn", "b.xn--55qx5d.cn"),
            ("containers.octocorp.ghe.com", "containers.evil.ghe.com"),
            ("containers.octocorp.ghe.com", "ghe.com"),
            ("nvcr.io", "authn.nvidia.com"),
            ("registry.internal", "auth.internal"),
            ("registry.example.com", "registry.example.com.evil.test"),
            ("com", "com"),
            ("localhost", "localhost"),
            ("", ""),
        ] {
            assert!(!is_same(one, other) && !is_same(other, one), "{one} and {other}");
        }
    }

    #[test]
    fn hosts_below_one_registrable_domain_are_one_owner() {
        for (one, other) in [
            ("registry-1.docker.io", "auth.docker.io"),
            ("registry.gitlab.com", "gitlab.com"),
            ("icr.ibm.com", "iam.ibm.com"),
            ("registry.shop.co.uk", "auth.shop.co.uk"),
            ("registry.octocat.github.io", "octocat.github.io"),
            ("containers.octocorp.ghe.com", "octocorp.ghe.com"),
            ("a.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
            ("registry.octo.corp", "auth.octo.corp"),
        ] {
            assert!(is_same(one, other) && is_same(other, one), "{one} and {other}");
        }
    }
}
