// Ends a program by closing what it has open.
import { closeAll } from 'internal:dv8_stream';

/**
 * Closes every handle on the loop; timers and all else do not keep the program going any more. What
 * is queued to be written is dropped, and what was asked of a resolver gets no answer.
 */
export function shutdown() { closeAll(); }
