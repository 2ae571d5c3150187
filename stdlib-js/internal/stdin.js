// process.stdin: a Readable over the descriptor, made at its first use.
import { FdReader } from 'internal:fd_reader';
import { isTty } from 'internal:stdio';
import stream from '../node/stream.js';
import { Buffer } from '../node/buffer.js';
import { errnoException } from './errors.js';

const { Readable } = stream;
const FD = 0;
const EOF_ON_CLOSED = -9; // EBADF: standard input was closed before the start.

/** A Readable, with a terminal's methods when it is one. */
export function makeStdin() {
  let reader = null;
  const stdin = new Readable({
    highWaterMark: 65536,
    autoDestroy: false,
    read() {
      reader ??= new FdReader(FD, onChunk);
      const result = reader.start();
      if (result === EOF_ON_CLOSED) stdin.push(null);
      else if (result < 0) stdin.destroy(errnoException(result, 'read'));
    },
    destroy(error, callback) {
      reader?.close();
      reader = null;
      callback(error);
    },
  });
  function onChunk(chunk) {
    if (typeof chunk === 'number') {
      if (chunk === EOF_ON_CLOSED) stdin.push(null);
      else stdin.destroy(errnoException(chunk, 'read'));
    } else if (chunk === null) {
      reader?.stop();
      reader?.close();
      reader = null;
      stdin.push(null);
    } else if (!stdin.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) {
      reader?.stop();
    }
  }
  stdin.fd = FD;
  // Waiting for input that nobody wants must not keep the process alive.
  stdin.on('pause', () => { reader?.stop(); });
  stdin.ref = () => {
    reader?.setRef(true);
    return stdin;
  };
  stdin.unref = () => {
    reader?.setRef(false);
    return stdin;
  };
  if (isTty(FD)) {
    stdin.isTTY = true;
    stdin.isRaw = false;
    stdin.setRawMode = (mode) => {
      reader ??= new FdReader(FD, onChunk);
      const result = reader.setRawMode(!!mode);
      if (result < 0) stdin.emit('error', errnoException(result, 'setRawMode'));
      else stdin.isRaw = !!mode;
      return stdin;
    };
  }
  return stdin;
}
