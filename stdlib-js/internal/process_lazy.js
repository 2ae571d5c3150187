// Parts of process that few programs use, evaluated at their first use.
import * as native from 'internal:process';

/** Emits 'exit', then ends the process by the signal's default action. */
export function endBySignal(number) {
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', 128 + number);
  }
  native.raise(number);
}
