//! A source on a thread of its own.

use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{Builder, JoinHandle};

use cornu_tensor::Scalar;

use super::{BatchSource, Length, OwnedBatch};
use crate::ModelError;
use crate::data::at_least_one;

/// What the thread is told.
enum Order<T> {
    /// To begin the source with this seed.
    Begin(u64),
    /// To fill this buffer.
    Fill(Box<OwnedBatch<T>>),
}

/// What the thread says.
enum Report<T> {
    /// The source has begun: what was said before belongs to an earlier pass.
    Begun(Result<(), ModelError>),
    /// A batch.
    Batch(Box<OwnedBatch<T>>),
    /// There are no more.
    End(Result<(), ModelError>),
}

/// Orders to the thread, and its reports.
type Channels<T> = (SyncSender<Order<T>>, Receiver<Report<T>>);

/// A source that reads ahead on another thread ([`BatchSource::prefetch`]). The batches are those of the source, in its
/// order. Of a source that cannot begin anew, those that were read ahead are kept for the next epoch. The thread ends
/// when this is dropped, after the batch that it is at.
///
/// An error of the source comes with the batch it belongs to, and a panic as [`ModelError::Source`].
pub struct Prefetch<T> {
    length: Length,
    restarts: bool,
    /// None when the thread is gone.
    channels: Option<Channels<T>>,
    thread: Option<JoinHandle<()>>,
    /// Whether the source has begun and not ended.
    running: bool,
}

impl<T> fmt::Debug for Prefetch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prefetch").field("length", &self.length).finish_non_exhaustive()
    }
}

impl<T: Scalar> Prefetch<T> {
    pub(super) fn new(source: impl BatchSource<T> + Send + 'static, batches: usize) -> Result<Self, ModelError> {
        at_least_one("prefetch", "batches", batches)?;
        let (length, restarts) = (source.length(), source.restarts());
        // All buffers, and the begin and the end of an epoch: nobody ever waits for room.
        let room = batches.saturating_add(2);
        let ((orders, to_do), (reports, done)) = (sync_channel(room), sync_channel(room));
        let work = move || {
            let buffers = (0..batches).map(|_| Box::default()).collect();
            Worker { source, buffers, running: false }.run(&to_do, &reports);
        };
        let thread = Builder::new()
            .name("cornu-prefetch".to_owned())
            .spawn(work)
            .map_err(|error| ModelError::Source { message: format!("no thread to read ahead on: {error}") })?;
        Ok(Self { length, restarts, channels: Some((orders, done)), thread: Some(thread), running: false })
    }

    /// Why the thread is no longer there.
    fn gone(&mut self) -> ModelError {
        (self.channels, self.running) = (None, false);
        let message = match self.thread.take().map(JoinHandle::join) {
            Some(Err(payload)) => format!("the source panicked: {}", text(payload.as_ref())),
            _ => "the source has ended with an earlier panic".to_owned(),
        };
        ModelError::Source { message }
    }

    fn send(&mut self, order: Order<T>) -> Result<(), ModelError> {
        match self.channels.as_ref().map(|(orders, _)| orders.send(order)) {
            Some(Ok(())) => Ok(()),
            _ => Err(self.gone()),
        }
    }

    fn receive(&mut self) -> Result<Report<T>, ModelError> {
        match self.channels.as_ref().map(|(_, reports)| reports.recv()) {
            Some(Ok(report)) => Ok(report),
            _ => Err(self.gone()),
        }
    }
}

impl<T: Scalar> BatchSource<T> for Prefetch<T> {
    fn length(&self) -> Length {
        self.length
    }

    fn restarts(&self) -> bool {
        self.restarts
    }

    fn begin_epoch(&mut self, seed: u64) -> Result<(), ModelError> {
        if self.running && !self.restarts {
            return Ok(()); // goes on with what was read ahead
        }
        self.running = false;
        self.send(Order::Begin(seed))?;
        loop {
            match self.receive()? {
                Report::Begun(begun) => {
                    self.running = begun.is_ok();
                    return begun;
                }
                Report::Batch(buffer) => self.send(Order::Fill(buffer))?,
                Report::End(_) => {}
            }
        }
    }

    fn next_batch(&mut self, batch: &mut OwnedBatch<T>) -> Result<bool, ModelError> {
        while self.running {
            match self.receive()? {
                Report::Batch(mut buffer) => {
                    std::mem::swap(batch, &mut *buffer);
                    self.send(Order::Fill(buffer))?;
                    return Ok(true);
                }
                Report::Begun(begun) => {
                    self.running = begun.is_ok();
                    begun?;
                }
                Report::End(end) => {
                    self.running = false;
                    return end.map(|()| false);
                }
            }
        }
        Ok(false)
    }
}

impl<T> Drop for Prefetch<T> {
    fn drop(&mut self) {
        self.channels = None; // the thread notices
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic that nobody asked about
        }
    }
}

/// The thread's part.
struct Worker<T, S> {
    source: S,
    buffers: VecDeque<Box<OwnedBatch<T>>>,
    running: bool,
}

impl<T: Scalar, S: BatchSource<T>> Worker<T, S> {
    /// Works until the other side is gone.
    fn run(&mut self, orders: &Receiver<Order<T>>, reports: &SyncSender<Report<T>>) {
        loop {
            let order = if self.running && !self.buffers.is_empty() {
                match orders.try_recv() {
                    Ok(order) => Some(order),
                    Err(TryRecvError::Empty) => None,
                    Err(TryRecvError::Disconnected) => return,
                }
            } else {
                let Ok(order) = orders.recv() else { return };
                Some(order)
            };
            let report = match order {
                Some(Order::Fill(buffer)) => {
                    self.buffers.push_back(buffer);
                    continue;
                }
                Some(Order::Begin(seed)) => {
                    let begun = self.source.begin_epoch(seed);
                    self.running = begun.is_ok();
                    Report::Begun(begun)
                }
                None => self.fill(),
            };
            if reports.send(report).is_err() {
                return;
            }
        }
    }

    /// Reads a batch.
    fn fill(&mut self) -> Report<T> {
        let Some(mut buffer) = self.buffers.pop_front() else { return Report::End(Ok(())) };
        buffer.sample_weight.clear();
        match self.source.next_batch(&mut buffer) {
            Ok(true) => Report::Batch(buffer),
            end => {
                self.buffers.push_back(buffer);
                self.running = false;
                Report::End(end.map(drop))
            }
        }
    }
}

/// What a panic says.
fn text(payload: &(dyn Any + Send)) -> &str {
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    payload.downcast_ref::<&str>().copied().or_else(owned).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begin_is_not_an_end() {
        // By hand: a thread that says that it has begun, and then gives a batch.
        let ((orders, to_do), (reports, done)) = (sync_channel(4), sync_channel(4));
        for report in [Report::Begun(Ok(())), Report::Batch(Box::default()), Report::End(Ok(()))] {
            reports.send(report).unwrap();
        }
        let channels = Some((orders, done));
        let mut prefetch =
            Prefetch::<f32> { length: Length::Unknown, restarts: true, channels, thread: None, running: true };
        let mut batch = OwnedBatch::default();
        assert_eq!(prefetch.next_batch(&mut batch), Ok(true));
        assert!(matches!(to_do.recv(), Ok(Order::Fill(_))));
        assert_eq!([(); 2].map(|()| prefetch.next_batch(&mut batch)), [Ok(false), Ok(false)]);
    }
}
