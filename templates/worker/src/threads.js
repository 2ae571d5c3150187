import { Thread } from 'dv8:thread';

/**
 * Runs `work` in `count` threads that share `memory`; fulfilled when all have returned. `work` is a program of its own: it
 * sees nothing of the file that it stands in but `workerData`.
 */
export function runInThreads(count, work, memory) {
  const run = () =>
    new Promise((resolve, reject) => {
      new Thread().start(
        work,
        (error, status) => {
          if (error || status !== 0) reject(error ?? new Error(`a thread ended with code ${status}`));
          else resolve();
        },
        memory,
      );
    });
  return Promise.all(Array.from({ length: count }, run));
}
