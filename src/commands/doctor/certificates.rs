//! Certificates: missing where HTTPS is promised, or at their end.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Finding, Patient, quoted};
use crate::commands::ADDRESS;
use crate::files;
use crate::machine::expiries;
use crate::model::{clean, published};
use crate::yaml::Node;

const CHECK: &str = "certificates";

/// A certificate that ends so soon is to be renewed.
const SOON: i64 = 21;
const DAY: i64 = 86_400;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let model = &patient.configured.model;
    let secure = published(model).into_iter().find(|port| port.target.contains(&443));
    let address = patient.configured.environment.get(ADDRESS).map_or("", |variable| variable.value.as_str());
    let (Some(port), Some(host)) = (secure, address.strip_prefix("https://")) else { return Vec::new() };
    let host = host.split([':', '/']).next().unwrap_or(host);
    let files = certificates_of(model, port.service, &patient.configured.root);
    if files.is_empty() {
        let what = format!("`{}` has no certificate, and the project's address is {address}", port.service);
        let why = "browsers would not believe the one that the proxy makes up";
        return vec![Finding::failure(CHECK, what).because(why).mended_by(self_made(host))];
    }
    files.iter().flat_map(|file| judge(file, host)).collect()
}

/// The files with certificates in the folders that a service mounts. What it fetches by itself (ACME) is its business.
fn certificates_of(model: &Node, service: &str, root: &Path) -> Vec<PathBuf> {
    let mounts = model.find(&["services", service, "volumes"]).and_then(Node::as_list).unwrap_or_default();
    let sources = mounts.iter().filter_map(|mount| match mount.as_word() {
        Some(short) => short.split(':').next(),
        None => mount.get("source").and_then(Node::as_word),
    });
    let mut files = Vec::new();
    for path in sources.filter(|source| source.starts_with(['/', '.'])).map(|source| clean(&root.join(source))) {
        let inside = fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path());
        files.extend(inside.chain([path.clone()]).filter(|path| is_certificate(path)));
    }
    files.sort_unstable();
    files.dedup();
    files
}

fn is_certificate(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let filled_by_proxy = ending == "json" && fs::metadata(path).is_ok_and(|file| file.len() > 2);
    let is_text = matches!(ending, "pem" | "crt" | "cer");
    filled_by_proxy || is_text && files::read_text(path).is_ok_and(|text| text.contains("BEGIN CERTIFICATE"))
}

fn judge(file: &Path, host: &str) -> Vec<Finding> {
    let shown = file.display();
    let ends = expiries(&files::read_text(file).unwrap_or_default());
    // The first is the server's own; what follows are those who vouch for it.
    let Some(end) = ends.first() else { return Vec::new() };
    let days = end.duration_since(Timestamp::now()).as_secs().div_euclid(DAY);
    let renew = format!("put a renewed certificate in {shown}, or make one yourself: {}", self_made(host));
    vec![match days {
        ..0 => Finding::failure(CHECK, format!("the certificate {shown} ended {} days ago", -days))
            .because("browsers refuse it")
            .mended_by(if file.ends_with("certs/cert.pem") { self_made(host) } else { renew }),
        0..SOON => Finding::warning(CHECK, format!("the certificate {shown} ends in {days} days"))
            .because("browsers refuse it then")
            .mended_by(renew),
        _ => Finding::good(CHECK, format!("the certificate {shown} is good for {days} days")),
    }]
}

fn self_made(host: &str) -> String {
    let (subject, names) = (quoted(&format!("/CN={host}")), quoted(&format!("subjectAltName=DNS:{host}")));
    format!(
        "mkdir -p certs && openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj {subject} -addext {names} \
         -keyout certs/key.pem -out certs/cert.pem"
    )
}
