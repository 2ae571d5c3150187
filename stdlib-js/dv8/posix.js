/**
 * @module dv8:posix — POSIX message queues (mq_overview(7)): whole messages between processes.
 *
 * @example
 * import { CONSUMER, PRODUCER, Queue } from 'dv8:posix';
 * const name = '/dv8-posix-example.' + process.pid;
 * const make = (mode) => {
 *   const queue = new Queue();
 *   queue.memory = new Uint8Array(64);
 *   queue.setup(queue.memory);
 *   queue.open(name, mode);
 *   return queue;
 * };
 * const producer = make(PRODUCER);
 * const consumer = make(CONSUMER);
 * producer.memory.set([1, 2, 3]);
 * console.log(producer.send(3), consumer.recv(64), consumer.memory[2]); //> 3 3 3
 * console.log(consumer.close(), producer.close(), producer.unlink()); //> 0 0 0
 */
import { O_NONBLOCK, O_RDONLY, O_WRONLY, Queue as NativeQueue, queueUnlink } from 'internal:dv8_system';
import { bytesOf, checkRange } from '../internal/dv8_bytes.js';

/** Modes of open(). */
export const CONSUMER = 0;
export const PRODUCER = 1;
/** A flag of open(): send() and recv() give EAGAIN (-11) where they would wait. */
export { O_NONBLOCK };

const EBADF = -9;
// Linux takes no longer ones from an ordinary user (fs.mqueue.msgsize_max).
const LONGEST = 8192;

function checkName(what, name) {
  if (typeof name !== 'string' || name.includes('\0')) throw new TypeError(`${what}: the name must be a string without NUL`);
  return name;
}

/** A message queue: one end of it. One that is dropped is closed. */
export class Queue {
  #queue;
  #name;
  #bytes = new Uint8Array(0);

  /** Gives it its memory. A queue that open() makes takes messages as long as this, 8192 bytes at most. @returns {number} 0 */
  setup(buffer) {
    this.#bytes = bytesOf(buffer, 'setup: the buffer');
    return 0;
  }

  /**
   * Opens the queue `name` ("/name"), or makes it; it may hold 10 messages.
   * @param {number} [mode=CONSUMER] - CONSUMER or PRODUCER.
   * @param {number} [flags=0] - O_NONBLOCK.
   * @returns {number} a descriptor, or a negative error number: EINVAL for a bad name, ENOSYS in a
   *   kernel without queues.
   */
  open(name, mode = CONSUMER, flags = 0) {
    if (mode !== CONSUMER && mode !== PRODUCER) throw new RangeError(`open: mode ${mode} is neither CONSUMER (0) nor PRODUCER (1)`);
    if (this.#bytes.length === 0) throw new RangeError('open: the queue has no memory; setup(buffer) gives it some');
    if (flags !== 0 && flags !== O_NONBLOCK) throw new RangeError(`open: flags ${flags} are neither 0 nor O_NONBLOCK (${O_NONBLOCK})`);
    checkName('open', name);
    this.close();
    const queue = new NativeQueue();
    const fd = queue.open(name, (mode === CONSUMER ? O_RDONLY : O_WRONLY) | flags, Math.min(this.#bytes.length, LONGEST));
    if (fd >= 0) {
      this.#queue = queue;
      this.#name = name;
    }
    return fd;
  }

  /**
   * Sends the first `length` bytes of the buffer as one message; waits while the queue is full.
   * @param {number} [priority=0] - higher ones go first, up to 32767.
   * @returns {number} length, or a negative error number: EMSGSIZE when the queue takes none that long.
   */
  send(length, priority = 0) {
    checkRange('send', 0, length, this.#bytes.length);
    if (!Number.isInteger(priority) || priority < 0 || priority > 32767) throw new RangeError(`send: priority ${priority} is not from 0 to 32767`);
    const rc = this.#queue?.send(this.#bytes.subarray(0, length), priority) ?? EBADF;
    return rc === 0 ? length : rc;
  }

  /**
   * Receives the next message to the start of the buffer; waits while there is none.
   * @returns {number} its length, or a negative error number: EMSGSIZE when `length` is less than the
   *   queue's messages may have; no message is lost then.
   */
  recv(length) {
    checkRange('recv', 0, length, this.#bytes.length);
    return this.#queue?.receive(this.#bytes.subarray(0, length)) ?? EBADF;
  }

  /** How many messages wait; or a negative error number. */
  size() {
    return this.#queue?.size() ?? EBADF;
  }

  /** @returns {number} 0, or a negative error number: EBADF when it is not open. */
  close() {
    const queue = this.#queue;
    this.#queue = undefined;
    return queue?.close() ?? EBADF;
  }

  /** Takes the queue's name away; it goes when nobody has it open. @returns {number} 0, or a negative error number. */
  unlink(name = this.#name) { return queueUnlink(checkName('unlink', name)); }
}

export default { Queue, CONSUMER, PRODUCER, O_NONBLOCK };
