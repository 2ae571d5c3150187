// The library's own errors, for the copy of Node's streams. This file lies in
// node_modules/readable-stream/lib/ours when it is bundled.
const errors = require('../../../../src/internal/errors.js');

const { makeError } = errors;
const codes = {
  ...errors,
  ERR_STREAM_ALREADY_FINISHED: function (name) {
    return makeError(Error, 'ERR_STREAM_ALREADY_FINISHED', `Cannot call ${name} after a stream was finished`);
  },
  ERR_STREAM_CANNOT_PIPE: function () { return makeError(Error, 'ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'); },
  ERR_STREAM_PREMATURE_CLOSE: function () { return makeError(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close'); },
  ERR_STREAM_PUSH_AFTER_EOF: function () { return makeError(Error, 'ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'); },
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT: function () {
    return makeError(Error, 'ERR_STREAM_UNSHIFT_AFTER_END_EVENT', 'stream.unshift() after end event');
  },
};

module.exports = {
  AbortError: errors.AbortError,
  aggregateTwoErrors: errors.aggregateTwoErrors,
  hideStackFrames: (fn) => fn,
  codes,
};
