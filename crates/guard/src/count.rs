//! What callgrind counts, and with which compiler.

use std::collections::BTreeMap;
use std::env::var_os;
use std::error::Error;
use std::ffi::OsString;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

/// The instructions of each workload.
pub(crate) type Instructions = BTreeMap<String, u64>;

/// The compiler of a count: another one makes another program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Toolchain {
    /// For which machines it compiles.
    pub(crate) target: String,
    /// Its version.
    pub(crate) rustc: String,
}

impl Toolchain {
    /// The compiler that cargo takes here.
    pub(crate) fn at_hand() -> Result<Self, Box<dyn Error>> {
        let said = output(Command::new(named("RUSTC", "rustc")).arg("-vV"))?;
        let field = |name: &str| {
            let value = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.map(str::to_owned).ok_or_else(|| format!("no `{name}` in what rustc -vV says: {said}"))
        };
        Ok(Self { target: field("host")?, rustc: field("release")? })
    }
}

/// Runs the workloads under callgrind.
pub(crate) fn instructions() -> Result<Instructions, Box<dyn Error>> {
    let bench = ["bench", "-p", "cornu-guard", "--bench", "instructions", "--", "--output-format=json"];
    let said = output(Command::new(named("CARGO", "cargo")).current_dir(env!("CARGO_MANIFEST_DIR")).args(bench))?;
    parse(&said)
}

fn named(variable: &str, otherwise: &str) -> OsString {
    var_os(variable).unwrap_or_else(|| otherwise.into())
}

fn output(command: &mut Command) -> Result<String, Box<dyn Error>> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// What is of use in gungraun's summary of a benchmark.
#[derive(Deserialize)]
struct Summary {
    function_name: String,
    id: Option<String>,
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Profile {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    total: Total,
}

#[derive(Deserialize)]
struct Total {
    metrics: BTreeMap<String, Metric>,
}

#[derive(Deserialize)]
struct Metric {
    values: Values,
}

#[derive(Deserialize)]
struct Values {
    new: u64,
}

/// One summary a line.
fn parse(said: &str) -> Result<Instructions, Box<dyn Error>> {
    said.lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let Summary { function_name, id, profiles } = serde_json::from_str(line)?;
            let name = [Some(function_name), id].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let counted = profiles.iter().find_map(|profile| profile.data.total.metrics.get("Ir"));
            let counted = counted.ok_or_else(|| format!("no instructions of {name}: {line}"))?;
            Ok((name, counted.values.new))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_read() {
        let said = r#"{"function_name":"train","id":"small","profiles":[{"data":{"parts":[],"total":{"metrics":
            {"Ir":{"values":{"new":12,"old":11}}},"regressions":[]}}}]}"#
            .replace('\n', "");
        assert_eq!(parse(&said).unwrap(), BTreeMap::from([("train small".to_owned(), 12)]));
    }

    #[test]
    fn a_summary_without_instructions_is_an_error() {
        let said = r#"{"function_name":"train","id":null,"profiles":[]}"#;
        let error = parse(said).unwrap_err().to_string();
        assert!(error.starts_with("no instructions of train"), "{error}");
    }
}
