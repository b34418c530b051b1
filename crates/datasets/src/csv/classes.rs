//! Names of classes, and their numbers.

use std::collections::HashMap;

use crate::DatasetError;
use crate::dataset::argument;

/// The classes that came so far, counted in the order in which they came, or those that may come.
pub(crate) struct Classes {
    numbers: HashMap<String, usize>,
    given: bool,
}

impl Classes {
    /// These classes; any, if there are none.
    pub(crate) fn new(given: &[String]) -> Result<Self, DatasetError> {
        let mut numbers = HashMap::new();
        for (number, name) in given.iter().enumerate() {
            if numbers.insert(name.clone(), number).is_some() {
                return Err(argument("classes", "names that all differ".to_owned(), format!("{name:?} twice")));
            }
        }
        Ok(Self { numbers, given: !given.is_empty() })
    }

    /// The number of this class: a new one, if any may come.
    pub(crate) fn number(&mut self, name: &str) -> Option<usize> {
        let known = self.numbers.get(name).copied();
        if known.is_some() || self.given || name.is_empty() {
            return known;
        }
        let number = self.numbers.len();
        self.numbers.insert(name.to_owned(), number);
        Some(number)
    }

    /// The names in their order, and the labels counted in it.
    pub(crate) fn finish(self, labels: &mut [usize]) -> Vec<String> {
        let mut classes: Vec<(String, usize)> = self.numbers.into_iter().collect();
        if self.given {
            classes.sort_by_key(|&(_, number)| number);
        } else {
            sort(&mut classes);
        }
        let mut places = vec![0; classes.len()];
        for (place, &(_, number)) in classes.iter().enumerate() {
            places[number] = place;
        }
        for label in labels {
            *label = places[*label];
        }
        classes.into_iter().map(|(name, _)| name).collect()
    }
}

/// By the numbers, if all names are numbers, else by the alphabet.
fn sort(classes: &mut [(String, usize)]) {
    let value = |name: &str| name.parse::<f64>().ok().filter(|value| !value.is_nan());
    classes.sort_by(|(a, _), (b, _)| a.cmp(b));
    if classes.iter().all(|(name, _)| value(name).is_some()) {
        classes.sort_by(|(a, _), (b, _)| value(a).partial_cmp(&value(b)).unwrap_or(std::cmp::Ordering::Equal));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(given: &[&str], names: &[&str]) -> (Vec<String>, Vec<usize>) {
        let given: Vec<String> = given.iter().map(|&name| name.to_owned()).collect();
        let mut classes = Classes::new(&given).unwrap();
        let mut labels: Vec<usize> = names.iter().map(|name| classes.number(name).unwrap()).collect();
        (classes.finish(&mut labels), labels)
    }

    #[test]
    fn the_order_does_not_depend_on_the_lines() {
        let (names, labels) = counted(&[], &["dog", "ant", "dog", "cat"]);
        assert_eq!((names, labels), (vec!["ant".into(), "cat".into(), "dog".into()], vec![2, 0, 2, 1]));
        let (names, labels) = counted(&[], &["10", "9", "-1", "9"]);
        assert_eq!((names, labels), (vec!["-1".into(), "9".into(), "10".into()], vec![2, 1, 0, 1]));
    }

    #[test]
    fn given_classes_keep_their_order() {
        let (names, labels) = counted(&["no", "yes", "maybe"], &["yes", "no"]);
        assert_eq!((names, labels), (vec!["no".into(), "yes".into(), "maybe".into()], vec![1, 0]));
        assert_eq!(Classes::new(&["no".to_owned()]).unwrap().number("yes"), None);
        assert_eq!(Classes::new(&[]).unwrap().number(""), None);
    }

    #[test]
    fn a_class_has_one_number() {
        let error = Classes::new(&["no", "no", "yes"].map(str::to_owned)).err().unwrap().to_string();
        assert_eq!(error, "expected `classes` to be names that all differ. Received: classes=\"no\" twice");
    }
}
