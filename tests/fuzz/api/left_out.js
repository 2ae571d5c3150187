'use strict';

// What is not called, by rule: what ends or stops the process as it should, and what takes the ground away from
// under the program that calls.

const rules = [
  [/\b(reallyExit|exit|abort|_kill|kill|_debugEnd|_debugProcess|_debugPause|causeSegfault|dlopen|_linkedBinding|execve|raise|proc_raise|proc_exit)$/, 'ends the process'],
  [/\bprocess\b.*\.(exitCode|_rawDebug|domain|_fatalException)$/, 'how the process ends'],
  [/setFlagsFromString|setHeapSnapshotNearHeapLimit|triggerFatal|triggerUncaughtException|setUncaughtExceptionCaptureCallback|oomError/, 'ends the process by design'],
  [/\b(u?sleep|wait|waitForDebugger|breakpoint|poll_oneoff)$/, 'blocks'],
  [/^binding:builtins\.(compileFunction|setInternalLoaders)/, 'the loader itself'],
  [/^binding:(task_queue\.(setTickCallback|setPromiseRejectCallback)|async_wrap\.(setupHooks|setCallbackTrampoline|setPromiseHooks)|timers\.setupTimers|errors\.set\w+|symbols|util\.guessHandleType)/,
   'the library gives its own functions once, at its start'],
  [/^binding:v8\.(setHeapSnapshot|startupSnapshot)/, 'snapshots'],
  [/writeHeapSnapshot|takeHeapSnapshot|getHeapSnapshot|writeReport|startCpuProfile|startHeapProfile|buildEmbedderGraph/, 'takes seconds'],
];

/** Whether the member at `path` (`node:fs.readSync`) is left out. */
exports.isLeftOut = function isLeftOut(path) {
  return rules.some(([pattern]) => pattern.test(path));
};
