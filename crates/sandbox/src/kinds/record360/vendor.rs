//! Record360's protocol: its version in `Accept`, its token, what each call carries.

use http::header;
use http::request::Parts;
use jiff::Timestamp;

use super::reply::{self, bad};
use super::{KIND, Record360, steps, token};
use crate::faults::effect::Reply;
use crate::faults::step::Step;
use crate::front::Front;
use crate::kinds::fields::{Wrong, string};
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, No, Noted, Takes, Vendor};
use crate::vault::Vault;

impl Vendor for Record360 {
    fn kind(&self) -> &'static str {
        KIND
    }

    /// Every request must name the API version, and all but a login need a token.
    fn admit(&self, now: Timestamp, step: Step, head: &Parts) -> Result<(), No> {
        let mut accepted =
            head.headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        if !accepted.any(|value| value.split(',').any(is_version_1)) {
            return Err(No::new(406, "not_acceptable", "Accept must be application/json; version=1"));
        }
        if step == Step::Authenticate {
            return Ok(());
        }
        let given = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.split_once(' '));
        let Some((_, given)) = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("token")) else {
            return Err(No::new(401, "unauthorized", "Authorization must be a Token"));
        };
        if token::good(&self.account.secret, given.trim(), now, self.token_ttl) {
            Ok(())
        } else {
            Err(No::new(401, "unauthorized", "The token is over, or none of ours"))
        }
    }

    fn takes(&self, step: Step) -> Takes {
        match step {
            Step::Start => Takes::QUERY,
            Step::Verify => Takes::NOTHING,
            _ => Takes::JSON,
        }
    }

    fn session(&self, call: &Call) -> Option<String> {
        let named = call.fields().ok()?.may("upload_id", string).ok()??;
        Some(named)
    }

    fn work(&self, front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Said, No> {
        let said = match call.step {
            Step::Authenticate => steps::authenticate(self, front, call),
            Step::Complete => steps::complete(self, front, vault, call, noted),
            Step::Verify => steps::upload(front, vault, call, noted),
            _ => steps::start(self, front, vault, call, noted),
        };
        said.map(|value| Said::json(200, value))
    }

    fn wrong(&self, wrong: Wrong) -> No {
        bad(wrong)
    }

    fn refusal(&self, no: &No) -> Said {
        reply::refusal(no)
    }

    fn spoil(&self, said: Said, step: Step, how: Reply) -> Said {
        said.change(|reply| reply::spoil(reply, step, how))
    }
}

/// `application/json; version=1`, in any case and spacing (RFC 9110, 12.5.1).
fn is_version_1(range: &str) -> bool {
    let mut pieces = range.split(';').map(str::trim);
    let json = pieces.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    json && pieces.any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim().eq_ignore_ascii_case("version") && value.trim().trim_matches('"') == "1"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_stands_beside_the_type() {
        for good in [
            "application/json; version=1",
            "Application/JSON;version=\"1\"",
            "application/json; q=1; Version=1",
        ] {
            assert!(is_version_1(good), "{good}");
        }
        for bad in [
            "",
            "*/*",
            "application/json",
            "application/json; version=2",
            "text/html; version=1",
            "version=1",
        ] {
            assert!(!is_version_1(bad), "{bad}");
        }
    }
}
