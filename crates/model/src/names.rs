//! The names that layers have by default.

/// `BatchNormalization` becomes `batch_normalization`, `Conv2D` becomes `conv2d`, as Keras names layers.
pub(crate) fn snake_case(class: &str) -> String {
    let letters: Vec<char> = class.chars().collect();
    let mut name = String::new();
    for (i, &letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|b| letters[b]);
        let starts_word = letter.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || (before.is_some() && letters.get(i + 1).is_some_and(|next| next.is_lowercase())));
        if starts_word {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_keras_makes_them() {
        for (class, name) in [
            ("Dense", "dense"),
            ("Conv2D", "conv2d"),
            ("MaxPooling2D", "max_pooling2d"),
            ("BatchNormalization", "batch_normalization"),
            ("ReLU", "re_lu"),
            ("LSTM", "lstm"),
        ] {
            assert_eq!(snake_case(class), name);
        }
    }
}
