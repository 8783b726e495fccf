//! One flag per setting of any kind of destination: generated from the kinds' descriptions, so that none is
//! named here.

use std::collections::BTreeMap;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use partway_api::{KindView, SettingForm, SettingView};

/// The given values by setting name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings(pub(crate) BTreeMap<String, String>);

const HEADING: &str = "What the services are asked";

impl FromArgMatches for Settings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |name: String| {
            let value = matches.get_one::<String>(&name)?.clone();
            Some((name, value))
        };
        let kinds = partway_app::built_in_kinds();
        Ok(Self(by_name(&kinds).into_keys().filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

impl Args for Settings {
    fn augment_args(command: Command) -> Command {
        let kinds = partway_app::built_in_kinds();
        let flags: Vec<_> = by_name(&kinds).into_iter().map(|(name, asked)| flag(&name, &asked)).collect();
        flags.into_iter().fold(command, Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Several kinds may have a setting of the same name, each with its own help.
fn by_name(kinds: &[KindView]) -> BTreeMap<String, Vec<(&KindView, &SettingView)>> {
    let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for kind in kinds {
        for setting in &kind.settings {
            names.entry(setting.name.clone()).or_default().push((kind, setting));
        }
    }
    names
}

fn flag(name: &str, asked: &[(&KindView, &SettingView)]) -> Arg {
    let same = asked.len() > 1 && asked.iter().all(|(_, setting)| *setting == asked[0].1);
    let help: Vec<_> = match same {
        true => vec![help(asked[0].1)],
        false => asked.iter().map(|(kind, setting)| format!("{}: {}", kind.kind, help(setting))).collect(),
    };
    let flag = Arg::new(name.to_owned())
        .long(name.replace('_', "-"))
        .help(help.join("\n"))
        .help_heading(HEADING)
        .action(ArgAction::Set);
    if asked.iter().all(|(_, setting)| setting.form == SettingForm::Switch) {
        // On its own it means true; an explicit true or false is accepted, too.
        return flag
            .num_args(0..=1)
            .default_missing_value("true")
            .value_name("BOOL")
            .value_parser(["true", "false"]);
    }
    if asked.iter().all(|(_, setting)| matches!(setting.form, SettingForm::Lines { .. })) {
        return flag.value_name("FILE").value_hint(clap::ValueHint::FilePath);
    }
    flag.value_name(name.to_uppercase())
}

/// Its label, what it does, and possible values.
fn help(setting: &SettingView) -> String {
    let mut help = format!("{}. {}", setting.label, setting.help);
    match &setting.form {
        SettingForm::Choice { choices } => {
            let values: Vec<_> = choices.iter().map(|choice| choice.value.as_str()).collect();
            help.push_str(&format!(" [{}]", values.join(", ")));
        }
        SettingForm::Text { placeholder } if !setting.required && !placeholder.is_empty() => {
            help.push_str(&format!(" [{placeholder}]"));
        }
        SettingForm::Lines { .. } => help.push_str(" [a file, or the text itself]"),
        SettingForm::Text { .. } | SettingForm::Switch => {}
    }
    if setting.required {
        help.push_str(" (needed)");
    }
    help
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::args::{Args, Command, Destinations};

    fn given(line: &str) -> Vec<(String, String)> {
        let line = format!("partwayctl destinations add A --kind any --key-env K {line}");
        let Command::Destinations { what: Destinations::Add(add) } =
            Args::try_parse_from(line.split_whitespace()).unwrap().command
        else {
            panic!("not add")
        };
        add.settings.0.into_iter().collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn every_setting_of_every_kind_is_a_flag() {
        for kind in partway_app::built_in_kinds() {
            for setting in kind.settings {
                let flag = setting.name.replace('_', "-");
                assert_eq!(given(&format!("--{flag} true")), [pair(&setting.name, "true")], "{}", kind.kind);
            }
        }
        assert_eq!(given(""), []);
    }

    #[test]
    fn a_switch_alone_means_yes() {
        assert_eq!(given("--encode --url-hours 5"), [pair("encode", "true"), pair("url_hours", "5")]);
        assert_eq!(given("--encode false"), [pair("encode", "false")]);
    }
}
