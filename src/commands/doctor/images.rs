//! The images of the services: whether they are here, and whom they run as.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Finding, Patient};
use crate::docker::{Command, Input, Runner};
use crate::yaml::{Map, Node};

const CHECK: &str = "images";

/// The users of the images that are here.
#[derive(Default)]
pub(super) struct Images {
    users: HashMap<String, String>,
}

impl Images {
    pub(super) fn of(runner: &dyn Runner, model: &Node) -> Self {
        let mut users = HashMap::new();
        for image in by_image(model).into_keys() {
            let look = Command::new("docker").args(["image", "inspect", "--format", "user={{.Config.User}}", image]);
            let told = runner.capture(&look.input(Input::Nothing)).ok().filter(|told| told.ended.well());
            if let Some(told) = told {
                users.insert(image.to_owned(), told.text().trim().trim_start_matches("user=").to_owned());
            }
        }
        Self { users }
    }

    /// The user that an image runs as, where it is here.
    pub(super) fn user(&self, image: &str) -> Option<&str> {
        self.users.get(image).map(String::as_str)
    }
}

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    if !patient.has_docker {
        return Vec::new();
    }
    let mut missing = by_image(&patient.configured.model);
    let all = missing.len();
    missing.retain(|image, _| patient.images.user(image).is_none());
    if missing.is_empty() {
        let what = if all == 1 { "the image is".to_owned() } else { format!("all {all} images are") };
        return vec![Finding::good(CHECK, format!("{what} on this machine"))];
    }
    let names: Vec<&str> = missing.keys().copied().collect();
    let services: Vec<&str> = missing.values().flatten().copied().collect();
    let what = match names.as_slice() {
        [name] => format!("the image {name} is not on this machine"),
        names => format!("{} of {all} images are not on this machine", names.len()),
    };
    let finding = Finding::warning(CHECK, what);
    let finding = if names.len() > 1 { finding.because(names.join(", ")) } else { finding };
    let finding = finding.because("`up` pulls them first, which takes a while and may fail");
    let names = if names.len() == all { String::new() } else { format!(" {}", services.join(" ")) };
    vec![finding.mended_by(format!("lapstrake pull{names}"))]
}

/// The images, each with the services that run it. What is built here is not pulled.
fn by_image(model: &Node) -> IndexMap<&str, Vec<&str>> {
    let mut images: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (service, entry) in model.get("services").and_then(Node::as_map).into_iter().flat_map(Map::iter) {
        if let Some(image) =
            entry.value.get("image").and_then(Node::as_word).filter(|_| entry.value.get("build").is_none())
        {
            images.entry(image).or_default().push(service);
        }
    }
    images
}
