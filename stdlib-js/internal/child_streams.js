// The streams of a child's pipes.
import { Pipe } from 'internal:child_process';
import stream from '../node_old/stream.js';
import { Buffer } from '../node_old/buffer.js';
import { errnoException } from './errors.js';

/** A pipe with its native half in `handle`; both ends can be read and written. */
export function makePipe() {
  const handle = new Pipe((chunk) => {
    if (chunk === undefined) {
      handle.readStop();
      pipe.push(null);
      // What nobody reads must not keep the process from its 'close'.
      if (pipe.listenerCount('data') === 0 && pipe.listenerCount('readable') === 0) pipe.read(0);
    } else if (typeof chunk === 'number') {
      pipe.destroy(errnoException(chunk, 'read'));
    } else if (!pipe.push(Buffer.from(chunk.buffer))) {
      handle.readStop();
    }
  });
  const pipe = new stream.Duplex({
    read() {
      const rc = handle.readStart();
      if (rc < 0) pipe.destroy(errnoException(rc, 'read'));
    },
    write(chunk, encoding, callback) {
      const rc = handle.write(chunk, (status) => callback(status < 0 ? errnoException(status, 'write') : null));
      if (rc < 0) callback(errnoException(rc, 'write'));
    },
    final(callback) {
      // A child that has gone takes nothing more: that is no error.
      if (handle.shutdown(() => callback()) < 0) callback();
    },
    destroy(error, callback) {
      handle.close();
      callback(error);
    },
  });
  pipe.ref = () => {
    handle.setRef(true);
    return pipe;
  };
  pipe.unref = () => {
    handle.setRef(false);
    return pipe;
  };
  // Where another child's stdio looks for the descriptor.
  Object.defineProperty(pipe, '_handle', { value: { get fd() { return handle.fd(); } }, configurable: true });
  return { handle, pipe };
}

/** A channel of its own: our end closes when the child has closed its. */
export function bothWays(pipe) {
  pipe.allowHalfOpen = false;
  return pipe;
}

/** Only the child's output: the other direction is closed. */
export function onlyReadable(pipe) {
  pipe.allowHalfOpen = false;
  pipe.end();
  return pipe;
}

/** Only the child's input. */
export function onlyWritable(pipe) {
  pipe.push(null);
  pipe.resume();
  return pipe;
}
