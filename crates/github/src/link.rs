//! `Link`, which names the next page of a list (RFC 8288).

/// The address with `rel="next"`.
pub(crate) fn next(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (address, after) = after.split_once('>')?;
        // The next link begins with `<`; an address may hold commas.
        let (parameters, left) = match after.find('<') {
            Some(at) => after.split_at(at),
            None => (after, ""),
        };
        let is_next = parameters.split([';', ',']).map(str::trim).any(|parameter| {
            matches!(parameter.split_once('='), Some((name, value))
                if name.eq_ignore_ascii_case("rel") && value.trim_matches('"').split(' ').any(|word| word == "next"))
        });
        if is_next {
            return Some(address);
        }
        rest = left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_wherever_it_stands() {
        let header = "<https://x/a?page=1>; rel=\"prev\", <https://x/a?b=1,2&page=3>; rel=\"next\", <https://x/a>; rel=\"last\"";
        assert_eq!(next(header), Some("https://x/a?b=1,2&page=3"));
        assert_eq!(next("</a?page=2>; rel=next"), Some("/a?page=2"));
        assert_eq!(next("<https://x/a>; rel=\"last\""), None);
        for odd in ["", "next", "<", "<a", "<a>", "<a>; rel"] {
            assert_eq!(next(odd), None, "{odd}");
        }
    }
}
