// Runtime.JS's UDP sockets.
import { errorText } from 'internal:dv8_stream';
import { ERROR, MESSAGE, UDP } from 'internal:dv8_udp';

const LARGEST = 65536; // More than a datagram has.

function check(rc) {
  if (rc < 0) throw new Error(errorText(rc));
}

function checkPort(port) {
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error('INVALID_PORT');
}

function isAddress(address) {
  const parts = typeof address === 'string' ? address.split('.') : [];
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

function createSocket(onMessage, onError) {
  const udp = new UDP();
  const input = new Uint8Array(LARGEST);
  const output = new Uint8Array(LARGEST);
  let isBound = false;
  udp.setBuffers(input, output);
  udp.on(MESSAGE, (size, address, port) => {
    if (typeof onMessage === 'function') onMessage({ buf: input.slice(0, size).buffer, port, address, size });
  });
  udp.on(ERROR, (rc, text) => {
    if (typeof onError === 'function') onError(new Error(text));
  });

  function open(port) {
    check(udp.bind('0.0.0.0', port));
    check(udp.start());
    isBound = true;
  }

  const handle = {
    bind(port) {
      checkPort(port);
      open(port);
      return handle;
    },
    send(address, port, buffer, offset = 0, length = undefined) {
      checkPort(port);
      if (!isAddress(address)) throw new Error('INVALID_ADDRESS');
      if (!(buffer instanceof ArrayBuffer)) throw new Error('INVALID_BUFFER');
      const bytes = new Uint8Array(buffer.transfer()).subarray(offset >>> 0, length === undefined ? undefined : (offset >>> 0) + (length >>> 0));
      if (!isBound) open(0);
      output.set(bytes);
      check(udp.send(bytes.length, address, port));
    },
    close() { udp.close(); },
  };
  return handle;
}

export const udpSocket = {
  createSocket,
  bindSocket: (handle, port) => handle.bind(port),
  send: (handle, ...rest) => handle.send(...rest),
};
