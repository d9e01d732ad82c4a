//! A connection whose answer is heard, though the other end stopped listening.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// An engine that refuses what it is sent says why and hangs up. Whoever still writes then gets an error, and with it the
/// answer would be given up that lies there to be read: so what nobody takes any more counts as written, and reading tells
/// how it ends.
#[derive(Debug)]
pub(crate) struct Heard<T> {
    connection: T,
    /// Nobody takes what is written.
    hung_up: bool,
}

impl<T> Heard<T> {
    pub(crate) fn new(connection: T) -> Self {
        Self { connection, hung_up: false }
    }

    /// `done` instead of an error that only says that the other end is gone.
    fn heard<D>(&mut self, polled: Poll<io::Result<D>>, done: D) -> Poll<io::Result<D>> {
        use io::ErrorKind::{BrokenPipe, ConnectionReset, NotConnected};
        match polled {
            Poll::Ready(Err(error))
                if matches!(error.kind(), BrokenPipe | ConnectionReset | NotConnected) =>
            {
                self.hung_up = true;
                Poll::Ready(Ok(done))
            }
            polled => polled,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Heard<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Heard<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.hung_up {
            return Poll::Ready(Ok(bytes.len()));
        }
        let polled = Pin::new(&mut self.connection).poll_write(context, bytes);
        self.heard(polled, bytes.len())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.connection).poll_flush(context);
        self.heard(polled, ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.connection).poll_shutdown(context);
        self.heard(polled, ())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn what_an_engine_said_before_it_hung_up_is_read_while_somebody_still_writes() {
        let (near, mut far) = duplex(64);
        far.write_all(b"no space left on device").await.unwrap();
        drop(far);
        let mut connection = Heard::new(near);
        connection.write_all(&[7; 1000]).await.unwrap();
        connection.flush().await.unwrap();
        let mut said = String::new();
        connection.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "no space left on device");
    }
}
