//! What is written is read back by a reader of another make.

use std::error::Error;
use std::fs;
use std::io::ErrorKind;

use cornu_tensorboard::{EventWriter, Histogram, TensorBoardError};
use cornu_testkit::events::{self, Content};
use proptest::prelude::*;

type Done = Result<(), Box<dyn Error>>;

#[test]
fn a_file_begins_with_its_version_and_has_everything_once_flushed() -> Done {
    let folder = tempfile::tempdir()?;
    let mut writer = EventWriter::create(folder.path().join("logs/train"))?;
    let name = writer.path().file_name().ok_or("no name")?.to_string_lossy().into_owned();
    assert!(name.starts_with("events.out.tfevents.1") && name.ends_with(".0.v2"), "{name}");
    let first = events::read(writer.path())?;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].content, Content::Version("brain.Event:2".to_owned()));
    assert!(first[0].wall_time > 1.6e9);

    writer.scalar("loss", 3, f64::NAN)?;
    writer.histogram("kernel", 4, &Histogram::new([1.0, 3.0]))?;
    writer.flush()?;
    let all = events::read(writer.path())?;
    assert_eq!(all.iter().map(|event| event.step).collect::<Vec<_>>(), [0, 3, 4]);
    assert!(all.is_sorted_by(|a, b| a.wall_time <= b.wall_time));
    assert!(matches!(&all[1].content, Content::Scalar { tag, value } if tag == "loss" && value.is_nan()));
    let Content::Histogram { tag, buckets } = &all[2].content else { return Err("no histogram".into()) };
    assert_eq!((tag.as_str(), buckets.len()), ("kernel", 30));
    assert_eq!((buckets[0][0], buckets[0][2], buckets[29][1], buckets[29][2]), (1.0, 1.0, 3.0, 1.0));
    Ok(())
}

#[test]
fn a_second_writer_takes_a_second_file() -> Done {
    let folder = tempfile::tempdir()?;
    let writers = (0..3).map(|_| EventWriter::create(folder.path())).collect::<Result<Vec<_>, _>>()?;
    assert_eq!(fs::read_dir(folder.path())?.count(), writers.len());
    Ok(())
}

#[test]
fn a_writer_that_is_dropped_has_written() -> Done {
    let folder = tempfile::tempdir()?;
    let mut writer = EventWriter::create(folder.path())?;
    let path = writer.path().to_path_buf();
    writer.scalar("loss", u64::MAX, 1.5)?;
    drop(writer);
    let all = events::read(&path)?;
    assert_eq!((all.len(), all[1].step), (2, i64::MAX));
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_is_an_error_that_names_it() -> Done {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("file");
    fs::write(&file, "")?;
    let error = EventWriter::create(&file).err().ok_or("a folder where a file is")?;
    let TensorBoardError::File { action, path, kind, .. } = &error else { return Err(error.into()) };
    assert_eq!((*action, path, *kind), ("create the folder", &file, ErrorKind::AlreadyExists));
    assert!(error.to_string().starts_with(&format!("cannot create the folder {}: ", file.display())));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn tags_steps_and_values_come_back(
        scalars in prop::collection::vec((".{0,300}", any::<u64>(), any::<f32>()), 0..20),
    ) {
        let folder = tempfile::tempdir()?;
        let mut writer = EventWriter::create(folder.path()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for (tag, step, value) in &scalars {
            let written = writer.scalar(tag, *step, f64::from(*value));
            prop_assert_eq!(written, Ok(()));
        }
        prop_assert_eq!(writer.flush(), Ok(()));
        let read = events::read(writer.path()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read.len(), scalars.len() + 1);
        for (event, (tag, step, value)) in read[1..].iter().zip(&scalars) {
            prop_assert_eq!(event.step, i64::try_from(*step).unwrap_or(i64::MAX));
            let Content::Scalar { tag: own, value: read } = &event.content else {
                return Err(TestCaseError::fail("no scalar"));
            };
            prop_assert_eq!((own, read.to_bits()), (tag, value.to_bits()));
        }
    }
}
