//! A kind of destination as a front end sees it.

use partway_api::{Choice, KindView, SettingForm, SettingView};
use partway_providers::{Form, Kind, Setting};

/// Everything that a form or a command line must know to ask.
pub(crate) fn kind(kind: &Kind) -> KindView {
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    KindView {
        kind: kind.name.into(),
        name: kind.title.into(),
        about: kind.about.into(),
        key_label: kind.key_label.into(),
        key_help: kind.key_hint.into(),
        secret_label: kind.secret_label.map(Into::into),
        settings: kind.settings.iter().map(setting).collect(),
        file_fields: own(kind.file_fields),
        cannot_know: own(kind.cannot_know),
    }
}

fn setting(setting: &Setting) -> SettingView {
    SettingView {
        name: setting.name.into(),
        label: setting.label.into(),
        help: setting.help.into(),
        form: match setting.form {
            Form::Text { placeholder } => SettingForm::Text { placeholder: placeholder.into() },
            Form::Choice(choices) => SettingForm::Choice {
                choices: choices
                    .iter()
                    .map(|(value, label)| Choice { value: (*value).into(), label: (*label).into() })
                    .collect(),
            },
            Form::Switch => SettingForm::Switch,
            Form::Lines { placeholder } => SettingForm::Lines { placeholder: placeholder.into() },
        },
        required: setting.required,
        advanced: setting.advanced,
    }
}
